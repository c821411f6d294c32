"""When a model's monitors run."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from tidewatch.core.config.base import Section
from tidewatch.core.config.duration import Duration

_PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


class Schedule(Section):
    """Every hour, day or week, at a time of day in a time zone."""

    every: Literal["hour", "day", "week"]
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "06:00"
    """The time of day; of an hour, its minutes."""
    on: Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] = "MON"
    """The day of a week."""
    # By its form alone: jobs read this file too, in images without the tz database.
    time_zone: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$")] = (
        "UTC"
    )
    spread: Duration | None = None
    """A run may start so much later, so that the models of an account do not start all at once."""

    @property
    def period(self) -> timedelta:
        """How often it comes round."""
        return _PERIODS[self.every]
