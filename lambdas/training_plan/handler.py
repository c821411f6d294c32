"""First state of the training machine: turns a request into a plan with times and an id."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from tidewatch.core.lifecycle.training_plan import plan_training


def handler(event: dict[str, object], _context: object) -> dict[str, str]:
    """The plan for `event["request"]`, as strings that later states use."""
    request = event["request"]
    if not isinstance(request, dict):
        raise TypeError(f"request: found {type(request).__name__}, expected an object")
    plan = plan_training(
        request,
        execution_id=str(event["execution_id"]),
        now=datetime.fromisoformat(str(event["started_at"])),
        span=timedelta(seconds=float(os.environ["SPAN_SECONDS"])),
    )
    return {
        "run_id": plan.run_id,
        "train_start": plan.span.start.isoformat(),
        "train_end": plan.span.end.isoformat(),
        "reason": plan.reason,
    }
