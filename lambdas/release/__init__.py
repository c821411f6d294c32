"""Plans a release."""
