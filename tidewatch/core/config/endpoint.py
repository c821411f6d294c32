"""How a model's endpoint moves to a new version, and how it is scaled."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from tidewatch.core.config.base import Section
from tidewatch.core.config.duration import Duration

# SageMaker's own limits.
_LONGEST_BAKE = timedelta(hours=1)
_SMALLEST_LINEAR_STEP = 10
# Eight hours, less the time in which fleets start and end.
_LONGEST_SHIFT = timedelta(hours=6)


class Shift(Section):
    """How an update moves traffic to the new fleet; while it does, the rollback alarms watch."""

    kind: Literal["all_at_once", "canary", "linear"] = "canary"
    percent: int = Field(default=10, ge=1, le=50)
    """How much of the capacity goes first (canary), or in each step (linear)."""
    bake: Duration = timedelta(minutes=5)
    """How long each step is watched before the next."""

    @property
    def steps(self) -> int:
        """In how many steps all traffic has moved."""
        steps = {"all_at_once": 1, "canary": 2, "linear": math.ceil(100 / self.percent)}
        return steps[self.kind]

    @model_validator(mode="after")
    def _is_within_what_sagemaker_allows(self) -> Self:
        if self.bake > _LONGEST_BAKE:
            raise ValueError(f"bake must be at most {_LONGEST_BAKE}, found {self.bake}")
        if self.kind == "linear" and self.percent < _SMALLEST_LINEAR_STEP:
            raise ValueError(
                f"a linear step is at least {_SMALLEST_LINEAR_STEP} percent, found {self.percent}"
            )
        if self.steps * self.bake > _LONGEST_SHIFT:
            raise ValueError(
                f"all steps together take at most {_LONGEST_SHIFT},"
                f" found {self.steps} of {self.bake}"
            )
        return self


class Scaling(Section):
    """Between which numbers of instances each variant is scaled, and by what."""

    min: int = Field(default=2, ge=1)
    max: int = Field(ge=1)
    invocations_per_minute: float = Field(gt=0)
    """The load of one instance that scaling aims at."""
    scale_in_after: Duration = timedelta(minutes=5)
    """How long after a change fewer instances may be taken again."""
    scale_out_after: Duration = timedelta(minutes=1)
    """How long after a change more instances may be taken again."""

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min must be at most max, found {self.min} and {self.max}")
        return self
