"""A custom resource: what a Grafana workspace shows."""

from __future__ import annotations

import json
import logging
from typing import Any

import boto3

from lambdas.custom_resource import Properties, custom_resource
from lambdas.grafana_content.grafana_api import GrafanaApi
from lambdas.grafana_content.service_token import service_token

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

_FOLDER = "tidewatch"


def provide(properties: Properties) -> None:
    """Put the data sources and dashboards of `properties` into the workspace."""
    dashboards = _dashboards(properties)
    sources = [json.loads(text) for text in properties["DataSources"]]
    with service_token(boto3.client("grafana"), properties["WorkspaceId"]) as key:
        grafana = GrafanaApi(properties["Url"], key)
        for plugin in properties["Plugins"]:
            grafana.install_plugin(plugin)
        for source in sources:
            grafana.put_data_source(source)
        grafana.ensure_folder(_FOLDER, "Tidewatch")
        for dashboard in dashboards:
            grafana.put_dashboard(dashboard, _FOLDER)
    logger.info("%d data sources, %d dashboards", len(sources), len(dashboards))


def _dashboards(properties: Properties) -> list[dict[str, Any]]:
    answer = boto3.client("s3").get_object(
        Bucket=properties["Bucket"],
        Key=properties["Key"],
        ExpectedBucketOwner=properties["BucketOwner"],
    )
    found: list[dict[str, Any]] = json.loads(answer["Body"].read())
    return found


handler = custom_resource(provide)
