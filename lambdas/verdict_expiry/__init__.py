"""Ends old indices where OpenSearch does not."""
