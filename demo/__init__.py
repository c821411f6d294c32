"""The whole loop on a laptop: raw data to an alert, and back to a better model."""
