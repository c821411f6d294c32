"""The data sources of a Grafana workspace, as its HTTP API takes them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_aps as aps

from dashboards.grafana_dashboard import CLOUDWATCH, PROMETHEUS
from dashboards.verdict_documents import INDICES
from stacks.constructs.search_backend import SearchBackend
from stacks.storage import Storage

# Managed Grafana's own name for "as the workspace's role".
_AS_WORKSPACE = "workspace-iam-role"
ATHENA_PLUGIN = "grafana-athena-datasource"
OPENSEARCH_PLUGIN = "grafana-opensearch-datasource"

Source = dict[str, Any]


def prometheus_source(plugin: str, workspace: aps.CfnWorkspace) -> Source:
    """The metrics; `plugin` is the data source's type."""
    return {
        **_named(PROMETHEUS, "Prometheus", plugin),
        "url": workspace.attr_prometheus_endpoint,
        "isDefault": True,
        "jsonData": {"httpMethod": "POST", **_signed()},
    }


def cloudwatch_source() -> Source:
    """What CloudWatch knows of endpoints and jobs."""
    return {
        **_named(CLOUDWATCH, "CloudWatch", "cloudwatch"),
        "jsonData": {"authType": "ec2_iam_role", "defaultRegion": cdk.Aws.REGION},
    }


def athena_source(storage: Storage) -> Source:
    """The history of metrics and predictions."""
    return {
        **_named("tidewatch-athena", "Athena", ATHENA_PLUGIN),
        "jsonData": {
            "authType": "ec2_iam_role",
            "defaultRegion": cdk.Aws.REGION,
            "catalog": "AwsDataCatalog",
            "database": storage.catalog.database,
            "workgroup": storage.workgroup.name,
        },
    }


def opensearch_source(backend: SearchBackend) -> Source:
    """The verdicts."""
    return {
        **_named("tidewatch-opensearch", "OpenSearch", OPENSEARCH_PLUGIN),
        "url": backend.url,
        "jsonData": {
            "database": INDICES,
            "timeField": "@timestamp",
            "flavor": "opensearch",
            "version": "2.19.0",
            "serverless": backend.service == "aoss",
            **_signed(),
        },
    }


def _named(uid: str, name: str, kind: str) -> Source:
    return {"uid": uid, "name": f"Tidewatch {name}", "type": kind, "access": "proxy"}


def _signed() -> Source:
    return {"sigV4Auth": True, "sigV4AuthType": _AS_WORKSPACE, "sigV4Region": cdk.Aws.REGION}
