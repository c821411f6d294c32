"""What an endpoint serves: the model package, and so the version, behind each variant."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from botocore.exceptions import ClientError

from tidewatch.aws.clients import aws_client
from tidewatch.core.errors import Fault, TidewatchError

logger = logging.getLogger(__name__)


class EndpointError(TidewatchError):
    """An endpoint does not exist, or serves what did not come from the registry."""


@dataclass(frozen=True)
class ServedVariant:
    """A production variant and the model package behind it."""

    name: str
    package_arn: str

    @property
    def version(self) -> str:
        """The model package's number, as text."""
        return self.package_arn.rpartition("/")[2]


class Versions(Protocol):
    """What the jobs ask about versions."""

    @property
    def serving(self) -> Mapping[str, ServedVariant]:
        """The variants of the model's endpoint, by name."""

    def properties(self, version: str) -> Mapping[str, str]:
        """The properties that registration gave to a version's package; empty if there is none."""


class Endpoint:
    """`Versions` of one SageMaker endpoint."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._sagemaker: Any = aws_client("sagemaker")

    @cached_property
    def serving(self) -> Mapping[str, ServedVariant]:
        """See `Versions`. Empty before the first release."""
        try:
            endpoint = self._sagemaker.describe_endpoint(EndpointName=self.name)
        except ClientError as error:
            # SageMaker has no code of its own for this: it is a validation error with these words.
            if "Could not find endpoint" not in error.response["Error"]["Message"]:
                raise
            logger.warning("there is no endpoint %s: nothing serves", self.name)
            return {}
        config = self._sagemaker.describe_endpoint_config(
            EndpointConfigName=endpoint["EndpointConfigName"]
        )
        # A shadow answers nobody, and is captured and judged as any other variant.
        configured = config["ProductionVariants"] + config.get("ShadowProductionVariants", [])
        variants = [self._variant(item) for item in configured]
        return {variant.name: variant for variant in variants}

    def properties(self, version: str) -> Mapping[str, str]:
        """See `Versions`.

        All versions of a model are in one group, so a version that serves no more is the sibling
        of one that does. Raises EndpointError where nothing serves.
        """
        known = next(iter(self.serving.values()), None)
        if known is None:
            raise self._fault("no endpoint", f"an endpoint, to find version {version} by")
        arn = f"{known.package_arn.rpartition('/')[0]}/{version}"
        try:
            package = self._sagemaker.describe_model_package(ModelPackageName=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            return {}
        properties: Mapping[str, str] = package.get("CustomerMetadataProperties") or {}
        return properties

    def _variant(self, configured: Mapping[str, Any]) -> ServedVariant:
        model = self._sagemaker.describe_model(ModelName=configured["ModelName"])
        package = model["PrimaryContainer"].get("ModelPackageName")
        if not package:
            raise self._fault(
                f"variant {configured['VariantName']} serves {configured['ModelName']}, "
                "which has no model package",
                "models made from model packages",
            )
        return ServedVariant(configured["VariantName"], package)

    def _fault(self, found: str, expected: str) -> EndpointError:
        return EndpointError(
            Fault(f"endpoint {self.name}", found, expected, "release an approved version")
        )
