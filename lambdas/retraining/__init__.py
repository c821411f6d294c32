"""Decides on retraining."""
