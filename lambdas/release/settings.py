"""What the release's planner is told, read from its environment once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tidewatch.core.lifecycle.release_plan import Capacity


@dataclass(frozen=True)
class ReleaseSettings:
    """The model, its endpoint, and what the model's file says of serving."""

    model: str
    endpoint: str
    capacity: Capacity
    shadow: bool
    scaled: bool
    rollback_alarms: tuple[str, ...]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> ReleaseSettings:
        """The settings that the stack put into the function's environment."""
        most = environment.get("MOST_INSTANCES")
        return cls(
            model=environment["MODEL"],
            endpoint=environment["ENDPOINT_NAME"],
            capacity=Capacity(
                champion_weight=float(environment["CHAMPION_WEIGHT"]),
                challenger_weight=float(environment["CHALLENGER_WEIGHT"]),
                instance_type=environment["INSTANCE_TYPE"],
                instance_count=int(environment["INSTANCE_COUNT"]),
                fewest=int(environment.get("FEWEST_INSTANCES", "1")),
                most=int(most) if most else None,
            ),
            shadow=environment["SHADOW"] == "true",
            scaled=most is not None,
            rollback_alarms=tuple(environment["ROLLBACK_ALARMS"].split(",")),
        )
