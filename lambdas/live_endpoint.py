"""What an endpoint serves now, with the weights and capacity it has at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tidewatch.core.lifecycle.release_plan import Variant

_MOVING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack"})
PREVIOUS = "tidewatch:previous"
"""The tag of an endpoint configuration that names the one before it."""


@dataclass(frozen=True)
class LiveEndpoint:
    """An endpoint: its configuration, and its variants; those named in `shadows` answer nobody."""

    status: str
    config: Mapping[str, Any]
    variants: tuple[Variant, ...]
    shadows: frozenset[str]

    @property
    def is_moving(self) -> bool:
        """Whether it is between two configurations, so that nothing can be asked of it."""
        return self.status in _MOVING

    @property
    def config_name(self) -> str:
        """The configuration's name."""
        return str(self.config["EndpointConfigName"])

    @property
    def production(self) -> frozenset[str]:
        """The names of the variants that answer."""
        return frozenset(variant.name for variant in self.variants) - self.shadows


def live_endpoint(sagemaker: Any, name: str) -> LiveEndpoint | None:
    """The endpoint, or None where there is none of that name."""
    try:
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
    except ClientError as error:
        # SageMaker has no code of its own for this: it is a validation error with these words.
        if "Could not find endpoint" in error.response["Error"]["Message"]:
            return None
        raise
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    shadows = config.get("ShadowProductionVariants", [])
    shown = endpoint.get("ProductionVariants", []) + endpoint.get("ShadowProductionVariants", [])
    now = {item["VariantName"]: item for item in shown}
    return LiveEndpoint(
        status=endpoint["EndpointStatus"],
        config=config,
        variants=tuple(
            _variant(sagemaker, item, now.get(item["VariantName"], {}))
            for item in [*config["ProductionVariants"], *shadows]
        ),
        shadows=frozenset(item["VariantName"] for item in shadows),
    )


def scalable(endpoint: str, names: frozenset[str]) -> list[dict[str, str]]:
    """Variants as Application Auto Scaling names them."""
    return [{"resource_id": f"endpoint/{endpoint}/variant/{name}"} for name in sorted(names)]


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
