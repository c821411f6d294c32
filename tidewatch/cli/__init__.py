"""The commands `tidewatch drift` and `tidewatch baseline`."""
