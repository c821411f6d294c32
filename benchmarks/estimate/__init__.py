"""Estimated against realised performance, on real data."""
