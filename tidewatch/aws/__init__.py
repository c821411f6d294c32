"""Adapters: what Tidewatch needs of AWS, each behind a small type of its own."""
