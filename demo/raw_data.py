"""Brings a month of raw data into S3, as an upstream system would."""

from __future__ import annotations

from demo.background_cloud import BackgroundCloud
from demo.deployment import Deployment
from demo.flights import YEAR, Flights
from tidewatch.core.config import ModelConfig


def upload_month(
    cloud: BackgroundCloud, deployment: Deployment, flights: Flights, model: ModelConfig, month: int
) -> int:
    """Upload one month of every raw table; returns the bytes."""
    s3 = cloud.client("s3")
    uploaded = 0
    for table in model.raw:
        body = flights.raw_month(table, month)
        key = f"{model.name}/{table}/{YEAR}-{month:02d}.parquet"
        s3.put_object(Bucket=deployment.bucket("raw"), Key=key, Body=body)
        uploaded += len(body)
    return uploaded
