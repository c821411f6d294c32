"""Schedules of EventBridge and its Scheduler, and of whatever else repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import available_timezones

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, mapping, number, text
from gate.semantic.schedule_expression import faults_of

_SCHEDULE = "AWS::Scheduler::Schedule"
_RULE = "AWS::Events::Rule"
_LONGEST_WINDOW = 1_440
_MODES = ("OFF", "FLEXIBLE")


def schedules_can_be_read(assembly: Assembly) -> Iterable[Finding]:
    """A schedule's expression is one of its service's grammar."""
    for resource in assembly.resources(_SCHEDULE, _RULE):
        expression = resource.properties.get("ScheduleExpression")
        if is_known(expression):
            for reason in faults_of(str(expression), once=resource.type == _SCHEDULE):
                yield resource.finding("semantic.schedule", reason)


def schedules_fit_the_clock(assembly: Assembly) -> Iterable[Finding]:
    """A schedule's time zone exists, and its flexible window has a length."""
    for schedule in assembly.resources(_SCHEDULE):
        for reason in (*_zone_faults(schedule), *_window_faults(schedule)):
            yield schedule.finding("semantic.schedule-window", reason)


def rules_have_one_trigger(assembly: Assembly) -> Iterable[Finding]:
    """A rule has a pattern or a schedule, and somebody whom it calls."""
    for rule in assembly.resources(_RULE):
        if not {"EventPattern", "ScheduleExpression"} & set(rule.properties):
            reason = "it has neither EventPattern nor ScheduleExpression, expected one of them"
            yield rule.finding("semantic.rule-trigger", reason)
        if not rule.properties.get("Targets"):
            yield rule.finding("semantic.rule-target", "it has no target: its events are lost")


def _zone_faults(schedule: Resource) -> Iterator[str]:
    zone = schedule.properties.get("ScheduleExpressionTimezone")
    if is_known(zone) and zone not in available_timezones():
        yield f"there is no time zone {zone!r}, expected one such as Europe/Berlin"


def _window_faults(schedule: Resource) -> Iterator[str]:
    window = mapping(schedule.properties.get("FlexibleTimeWindow"))
    mode, length = text(window.get("Mode")), number(window.get("MaximumWindowInMinutes"))
    if mode not in _MODES:
        yield f"FlexibleTimeWindow.Mode is {mode!r}, expected OFF or FLEXIBLE"
    if mode == "FLEXIBLE" and (length is None or not 1 <= length <= _LONGEST_WINDOW):
        yield f"a flexible window needs 1 to {_LONGEST_WINDOW} minutes, found {length}"
    if mode == "OFF" and length is not None:
        yield "the window is off and has a length, expected FLEXIBLE or no length"


RULES = (schedules_can_be_read, schedules_fit_the_clock, rules_have_one_trigger)
