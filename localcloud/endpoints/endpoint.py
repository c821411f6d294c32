"""An endpoint: its record, and the servers that its traffic goes to right now."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from localcloud import events
from localcloud.endpoints.capture import Capture
from localcloud.endpoints.model_server import ModelServer
from localcloud.jobs.operations import Parameters
from localcloud.jobs.records import Kind, Record

KIND = Kind(noun="Endpoint", resource="endpoint", collection="endpoints")
EVENT = "SageMaker Endpoint State Change"
SERVING = frozenset({"InService", "Updating"})
# The events write statuses in another way than the API does.
EVENT_STATUS = {
    "Creating": "CREATING",
    "InService": "IN_SERVICE",
    "Updating": "UPDATING",
    "Failed": "FAILED",
    "Deleting": "DELETING",
}


class NoVariantError(Exception):
    """A request names a variant that the endpoint does not have, or none can get traffic."""


@dataclass(frozen=True)
class Variant:
    """A production variant: its server, and how much of the traffic it gets."""

    name: str
    server: ModelServer
    weight: float
    instances: int

    def describe(self) -> dict[str, Any]:
        """The variant as DescribeEndpoint shows it."""
        image = self.server.deployable.image
        return {
            "VariantName": self.name,
            "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image}],
            "CurrentWeight": self.weight,
            "DesiredWeight": self.weight,
            "CurrentInstanceCount": self.instances,
            "DesiredInstanceCount": self.instances,
        }


@dataclass(frozen=True)
class Live:
    """What serves: the variants of one endpoint configuration. Replaced as a whole."""

    config: str
    variants: Mapping[str, Variant]
    capture: Capture | None


class Endpoint(Record):
    """An endpoint that exists; `live` is None until its first variants serve."""

    def __init__(self, request: Parameters) -> None:
        super().__init__(KIND, request, EndpointStatus="Creating")
        self.live: Live | None = None
        self.deleted = False
        self.routing = threading.Lock()
        self._random = random.Random()  # noqa: S311 - spreads traffic, guards nothing

    def take(self, variant: str | None) -> tuple[Variant, Capture | None]:
        """The variant for one request, by name or by weight; its server now counts the request."""
        with self.routing:
            live = self.live
            if live is None:
                raise NoVariantError(f"Endpoint {self.name} does not serve yet.")
            chosen = live.variants.get(variant) if variant else self._draw(live)
            if chosen is None:
                raise NoVariantError(
                    f"Variant {variant} not found for Endpoint {self.name}; expected one of "
                    f"{', '.join(live.variants)}."
                )
            chosen.server.acquire()
            return chosen, live.capture

    def switch(self, live: Live) -> list[ModelServer]:
        """Send all further traffic to new variants; the servers that are not needed any more."""
        with self.routing:
            old, self.live = self.live, live
        kept = {variant.server for variant in live.variants.values()}
        before = old.variants.values() if old else ()
        return [variant.server for variant in before if variant.server not in kept]

    def reweigh(self, wanted: Mapping[str, Parameters]) -> None:
        """Set weights and instance counts of variants, by name."""
        with self.routing:
            assert self.live is not None
            variants = {
                name: replace(
                    variant,
                    weight=wanted.get(name, {}).get("DesiredWeight", variant.weight),
                    instances=wanted.get(name, {}).get("DesiredInstanceCount", variant.instances),
                )
                for name, variant in self.live.variants.items()
            }
            self.live = replace(self.live, variants=variants)

    def servers(self) -> list[ModelServer]:
        """The servers of the live variants."""
        live = self.live
        return [variant.server for variant in live.variants.values()] if live else []

    def enter(self, status: str, **fields: Any) -> None:
        """Reach a status, and put its event on the default bus."""
        self.change(EndpointStatus=status, **fields)
        detail = {**self.describe(), "EndpointStatus": EVENT_STATUS[status]}
        for moment in ("CreationTime", "LastModifiedTime"):
            detail[moment] = int(detail[moment].timestamp() * 1000)
        events.emit("aws.sagemaker", EVENT, detail, [self.arn])

    def describe(self) -> dict[str, Any]:
        """The whole endpoint, as DescribeEndpoint answers it."""
        live = self.live
        found = super().describe()
        if live is not None:
            found["EndpointConfigName"] = live.config
            found["ProductionVariants"] = [each.describe() for each in live.variants.values()]
            if live.capture:
                found["DataCaptureConfig"] = live.capture.describe()
        return found

    def _draw(self, live: Live) -> Variant:
        variants = list(live.variants.values())
        weights = [variant.weight for variant in variants]
        if sum(weights) <= 0:
            raise NoVariantError(f"Endpoint {self.name} has no variant with a weight above 0.")
        return self._random.choices(variants, weights)[0]
