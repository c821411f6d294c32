"""Brings the newest report from S3 to where a browser finds it."""

from __future__ import annotations

from demo.background_cloud import BackgroundCloud
from demo.deployment import Deployment
from demo.places import Places


def fetch_report(places: Places, cloud: BackgroundCloud, deployment: Deployment, model: str) -> str:
    """The address of the newest report's local copy."""
    s3 = cloud.client("s3")
    bucket = deployment.bucket("reports")
    keys = [
        item["Key"]
        for item in s3.list_objects_v2(Bucket=bucket, Prefix=f"{model}/").get("Contents", [])
    ]
    page = places.home / "report.html"
    s3.download_file(bucket, max(keys), str(page))
    return page.as_uri()
