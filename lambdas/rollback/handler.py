"""First state of the rollback machine: where to go back to."""

from __future__ import annotations

import os
from typing import Any

import boto3

from lambdas.live_endpoint import PREVIOUS, LiveEndpoint, live_endpoint, scalable
from tidewatch.core.errors import Fault, TidewatchError


class NothingToGoBackToError(TidewatchError):
    """The endpoint serves nothing, or what it served first."""


def handler(_event: dict[str, str], _context: object) -> dict[str, object]:
    """The configuration before the one that serves; or `wait`, while another change goes on."""
    endpoint = os.environ["ENDPOINT_NAME"]
    sagemaker: Any = boto3.client("sagemaker")
    live = live_endpoint(sagemaker, endpoint)
    if live is not None and live.is_moving:
        return {"action": "wait"}
    previous = _previous(sagemaker, live) if live else ""
    if live is None or not previous:
        raise NothingToGoBackToError(
            Fault(
                where=f"endpoint {endpoint}",
                found=f"configuration {live.config_name}, the first" if live else "no endpoint",
                expected="a configuration that served before this one",
                remedy="release the version that you want",
            )
        )
    config = sagemaker.describe_endpoint_config(EndpointConfigName=previous)
    before = {item["VariantName"]: item["InstanceType"] for item in config["ProductionVariants"]}
    scaled = os.environ["SCALED"] == "true"
    return {
        "action": "rollback",
        "from_config": live.config_name,
        "config_name": previous,
        "unscale": scalable(endpoint, _retyped(live, before)) if scaled else [],
        "scale": scalable(endpoint, frozenset(before)) if scaled else [],
    }


def _previous(sagemaker: Any, live: LiveEndpoint) -> str:
    tags = sagemaker.list_tags(ResourceArn=live.config["EndpointConfigArn"])["Tags"]
    return next((tag["Value"] for tag in tags if tag["Key"] == PREVIOUS), "")


def _retyped(live: LiveEndpoint, before: dict[str, str]) -> frozenset[str]:
    """Variants that go, or get another type of instance: they must not be scaled meanwhile."""
    types = {item.name: item.instance_type for item in live.variants}
    return frozenset(name for name in live.production if before.get(name) != types[name])
