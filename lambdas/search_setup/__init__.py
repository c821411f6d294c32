"""Prepares OpenSearch for verdicts."""
