"""Makes verdicts searchable."""
