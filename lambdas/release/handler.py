"""First state of the release machine: what is live, and what this release changes."""

from __future__ import annotations

import logging
import os
from typing import Any

import boto3

from lambdas.live_endpoint import LiveEndpoint, live_endpoint, scalable
from lambdas.release.guard import why_unguarded
from lambdas.release.settings import ReleaseSettings
from tidewatch.core.lifecycle.release_plan import CHALLENGER, ReleasePlan, Variant, plan_release

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, str], _context: object) -> dict[str, object]:
    """The plan for releasing `event["package_arn"]`, in the terms of SageMaker's requests.

    `action` is `release`, `none` where nothing would change, or `wait` while another change of
    the endpoint is under way.
    """
    settings = ReleaseSettings.of(os.environ)
    package = event["package_arn"]
    version = package.rsplit("/", 1)[-1]
    live = live_endpoint(boto3.client("sagemaker"), settings.endpoint)
    if live is not None and live.is_moving:
        return {"action": "wait", "version": version, "package_arn": package}
    plan = plan_release(
        model=settings.model,
        version=version,
        live=live.variants if live else (),
        capacity=settings.capacity,
        execution_id=event["execution_id"],
    )
    if plan is None:
        return {"action": "none", "version": version}
    shadows = frozenset({CHALLENGER}) if settings.shadow else frozenset()
    return {
        "action": "release",
        "package_arn": package,
        "version": version,
        "has_new_model": plan.new_model is not None,
        "model_name": plan.new_model or "",
        "config_name": plan.config_name,
        "variants": [_request(item) for item in plan.variants if item.name not in shadows],
        "shadows": [_request(item) for item in plan.variants if item.name in shadows],
        **_update(settings, live, plan, shadows),
    }


def _update(
    settings: ReleaseSettings,
    live: LiveEndpoint | None,
    plan: ReleasePlan,
    shadows: frozenset[str],
) -> dict[str, object]:
    """How the endpoint gets from what is live to what is planned."""
    answering = frozenset(item.name for item in plan.variants) - shadows
    scale = scalable(settings.endpoint, answering) if settings.scaled else []
    if live is None:
        return {
            "endpoint_exists": False,
            "previous_config": "",
            "guarded": False,
            "unscale": [],
            "scale": scale,
        }
    cloudwatch: Any = boto3.client("cloudwatch")
    reason = why_unguarded(cloudwatch, settings.rollback_alarms, live.production, answering)
    if reason:
        logger.warning("no alarm takes this update back: %s", reason)
    return {
        "endpoint_exists": True,
        "previous_config": live.config_name,
        "guarded": not reason,
        "unscale": scalable(settings.endpoint, _to_unscale(settings, live, plan, answering)),
        "scale": scale,
    }


def _to_unscale(
    settings: ReleaseSettings, live: LiveEndpoint, plan: ReleasePlan, answering: frozenset[str]
) -> frozenset[str]:
    """The variants that must not be scaled while they change: SageMaker refuses the update else.

    These are variants that go, or get another type of instance; and all of them where the model's
    file asks for no scaling any more.
    """
    if not settings.scaled:
        return live.production
    types = {item.name: item.instance_type for item in plan.variants}
    retyped = {item.name for item in live.variants if types.get(item.name) != item.instance_type}
    return live.production & (retyped | (live.production - answering))


def _request(variant: Variant) -> dict[str, object]:
    return {
        "VariantName": variant.name,
        "ModelName": variant.model_name,
        "InitialVariantWeight": variant.weight,
        "InstanceType": variant.instance_type,
        "InitialInstanceCount": variant.instance_count,
    }
