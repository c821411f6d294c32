"""What an endpoint serves now, with the weights and capacity it has at this moment."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from tidewatch.core.lifecycle.release_plan import Variant


def live_variants(sagemaker: Any, endpoint: str) -> tuple[Variant, ...] | None:
    """The endpoint's variants, or None where no such endpoint exists."""
    try:
        description = sagemaker.describe_endpoint(EndpointName=endpoint)
    except ClientError as error:
        # SageMaker has no code of its own for this: it is a validation error with these words.
        if "Could not find endpoint" in error.response["Error"]["Message"]:
            return None
        raise
    config = sagemaker.describe_endpoint_config(
        EndpointConfigName=description["EndpointConfigName"]
    )
    now = {item["VariantName"]: item for item in description.get("ProductionVariants", [])}
    return tuple(
        _variant(sagemaker, item, now.get(item["VariantName"], {}))
        for item in config["ProductionVariants"]
    )


def _variant(sagemaker: Any, configured: dict[str, Any], now: dict[str, Any]) -> Variant:
    model = sagemaker.describe_model(ModelName=configured["ModelName"])
    package = model["PrimaryContainer"]["ModelPackageName"]
    return Variant(
        name=configured["VariantName"],
        model_name=configured["ModelName"],
        version=package.rsplit("/", 1)[-1],
        weight=now.get("CurrentWeight", configured["InitialVariantWeight"]),
        instance_type=configured["InstanceType"],
        instance_count=now.get("CurrentInstanceCount", configured["InitialInstanceCount"]),
    )
