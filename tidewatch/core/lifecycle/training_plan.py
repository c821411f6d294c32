"""What one training run trains on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tidewatch.core.errors import ConfigError, Fault
from tidewatch.core.window import Window

_ID_LENGTH = 12


@dataclass(frozen=True)
class TrainingPlan:
    """A run's id, its data `[train_start, train_end)`, and why it was started."""

    run_id: str
    span: Window
    reason: str


def plan_training(
    request: dict[str, object], *, execution_id: str, now: datetime, span: timedelta
) -> TrainingPlan:
    """The plan of the run that `execution_id` asks for.

    `request` may hold `train_end` (default: `now`), `train_start` (default: `span` before the
    end) and `reason`. The id depends on the execution alone, so a retried plan is the same plan.

    Raises ConfigError for times that cannot be read or are out of order.
    """
    end = _moment(request, "train_end") or now
    start = _moment(request, "train_start") or end - span
    if start >= end:
        raise ConfigError(
            Fault(
                where="training request",
                found=f"train_start {start.isoformat()}, train_end {end.isoformat()}",
                expected="train_start before train_end",
                remedy="start the execution again with times in order",
            )
        )
    digest = hashlib.sha256(execution_id.encode()).hexdigest()
    return TrainingPlan(
        run_id=digest[:_ID_LENGTH],
        span=Window(start, end),
        reason=str(request.get("reason") or "started by hand"),
    )


def _moment(request: dict[str, object], key: str) -> datetime | None:
    value = request.get(key)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigError(
            Fault(
                where=f"training request: {key}",
                found=repr(value),
                expected="an ISO 8601 time",
                remedy="write it like 2013-04-01T00:00:00Z",
            )
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
