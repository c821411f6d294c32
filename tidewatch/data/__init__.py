"""Tables where they lie: Parquet, CSV and Delta, in folders or on S3, read in parallel."""
