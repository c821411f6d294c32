"""Whether alarms may take an update of the endpoint back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def why_unguarded(
    cloudwatch: Any, alarms: Sequence[str], before: frozenset[str], after: frozenset[str]
) -> str:
    """Why the update has to go without rollback alarms; empty where it need not.

    SageMaker guards only updates between the same variants. And an alarm that rings already says
    nothing of the new version: guarded by it, the release that mends the trouble would be undone.
    """
    if before != after:
        return f"the variants change from {sorted(before)} to {sorted(after)}"
    found = cloudwatch.describe_alarms(AlarmNames=list(alarms), AlarmTypes=["MetricAlarm"])
    ringing = [item["AlarmName"] for item in found["MetricAlarms"] if item["StateValue"] == "ALARM"]
    return f"ringing already: {', '.join(sorted(ringing))}" if ringing else ""
