"""First state of the release machine: what is live, and what this release changes."""

from __future__ import annotations

import os

import boto3

from lambdas.release.live_variants import live_variants
from tidewatch.core.lifecycle.release_plan import Capacity, ReleasePlan, plan_release


def handler(event: dict[str, str], _context: object) -> dict[str, object]:
    """The plan for releasing `event["package_arn"]`, in the terms of SageMaker's requests."""
    sagemaker = boto3.client("sagemaker")
    endpoint = os.environ["ENDPOINT_NAME"]
    package = event["package_arn"]
    version = package.rsplit("/", 1)[-1]
    live = live_variants(sagemaker, endpoint)
    plan = plan_release(
        model=os.environ["MODEL"],
        version=version,
        live=live or (),
        capacity=_capacity(),
        execution_id=event["execution_id"],
    )
    if plan is None:
        return {"action": "none", "version": version}
    return {
        "action": "release",
        "package_arn": package,
        "version": version,
        "model_name": plan.model_name,
        "config_name": plan.config_name,
        "endpoint_exists": live is not None,
        "variants": _requests(plan),
    }


def _capacity() -> Capacity:
    return Capacity(
        champion_weight=float(os.environ["CHAMPION_WEIGHT"]),
        challenger_weight=float(os.environ["CHALLENGER_WEIGHT"]),
        instance_type=os.environ["INSTANCE_TYPE"],
        instance_count=int(os.environ["INSTANCE_COUNT"]),
    )


def _requests(plan: ReleasePlan) -> list[dict[str, object]]:
    return [
        {
            "VariantName": variant.name,
            "ModelName": variant.model_name,
            "InitialVariantWeight": variant.weight,
            "InstanceType": variant.instance_type,
            "InitialInstanceCount": variant.instance_count,
        }
        for variant in plan.variants
    ]
