"""How fast capture is read, by the form it is written in."""
