"""Builds an image while the stacks are deployed."""
