"""Plans to a billion predictions a day, from rates that are measured here."""
