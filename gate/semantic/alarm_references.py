"""Alarms that other things name: by their name, where a name is what the service looks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import fields, texts
from gate.semantic.alarm_metrics import ALARM, COMPOSITE
from gate.semantic.state_machine import machines

_ARN = re.compile(r"arn:[\w-]+:cloudwatch:[\w-]*:\d*:alarm:.+")
_NAMES = ("AlarmName", "AlarmNames")
_NAMING = {
    "AWS::CodeDeploy::DeploymentGroup": ("AlarmConfiguration", "Name"),
    "AWS::Route53::HealthCheck": ("AlarmIdentifier", "Name"),
}


def alarms_are_named_by_name(assembly: Assembly) -> Iterable[Finding]:
    """Where a service wants an alarm's name it gets no ARN: it would know no such alarm."""
    for resource, where, value in _named(assembly):
        if _ARN.fullmatch(value):
            reason = (
                f"{where} is {value}, where the alarm's name is wanted: no alarm of that name is"
                f" found; expected {value.rpartition(':')[2]}"
            )
            yield resource.finding("semantic.alarm-name", reason)


def _named(assembly: Assembly) -> Iterator[tuple[Resource, str, str]]:
    for resource in assembly.resources():
        if resource.type not in (ALARM, COMPOSITE):
            for where, value in (*_in(resource.properties, _NAMES), *_of_type(resource)):
                yield resource, where, value
    for machine in machines(assembly):
        for state in machine.states():
            for where, value in _in(state.request, _NAMES):
                yield machine.resource, f"{state.place}: {where}", value


def _of_type(resource: Resource) -> Iterator[tuple[str, str]]:
    outer, inner = _NAMING.get(resource.type, ("", ""))
    for key, value in fields(resource.properties) if outer else ():
        if key == outer:
            yield from _in(value, (inner,))


def _in(value: object, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, item in fields(value):
        if key in keys:
            for name in texts(item):
                yield key, name


RULES = (alarms_are_named_by_name,)
