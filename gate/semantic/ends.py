"""What has an end in time has it after its start, and ahead of us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import at, mappings, text

_ONCE = re.compile(r"at\((?P<when>[^)]+)\)")


def ends_lie_ahead(assembly: Assembly) -> Iterator[Finding]:
    """A schedule or a budget that has ended does nothing any more."""
    now = datetime.now(UTC)
    for resource, where, start, end in _spans(assembly):
        begins, ends = _read(start), _read(end)
        if ends is not None and begins is not None and ends <= begins:
            yield resource.finding(
                "semantic.ended",
                f"{where} ends {end}, before it starts: it never does anything; mend the dates",
            )
        elif ends is not None and ends < now:
            yield resource.finding(
                "semantic.ended",
                f"{where} ended {end}: it does nothing any more; leave the end out, or remove it",
            )


def _spans(assembly: Assembly) -> Iterator[tuple[Resource, str, object, object]]:
    for schedule in assembly.resources("AWS::Scheduler::Schedule"):
        own = schedule.properties
        yield schedule, "the schedule", own.get("StartDate"), own.get("EndDate")
        once = _ONCE.fullmatch(text(own, "ScheduleExpression"))
        if once:
            yield schedule, "the schedule's one time", None, once["when"]
    for budget in assembly.resources("AWS::Budgets::Budget"):
        period = at(budget.properties, "Budget", "TimePeriod")
        yield budget, "the budget", at(period, "Start"), at(period, "End")
    for target in assembly.resources("AWS::ApplicationAutoScaling::ScalableTarget"):
        for action in mappings(target.properties, "ScheduledActions"):
            yield target, "a scheduled action", action.get("StartTime"), action.get("EndTime")
    for scaled in assembly.resources("AWS::AutoScaling::ScheduledAction"):
        own = scaled.properties
        yield scaled, "the action", own.get("StartTime"), own.get("EndTime")


def _read(value: object) -> datetime | None:
    """A moment as ISO writes it; None where it is written otherwise, or not at all."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


RULES = (ends_lie_ahead,)
