"""Rules listen on the bus that their events come to."""

from __future__ import annotations

from collections.abc import Iterable

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_given, mappings, text, texts

_RULE, _BUS = "AWS::Events::Rule", "AWS::Events::EventBus"
_OF_AWS, _OF_PARTNERS = "aws.", "aws.partner"


def rules_listen_where_events_come(assembly: Assembly) -> Iterable[Finding]:
    """AWS's services send to the default bus only, and schedules run on it only."""
    fed = set(_fed(assembly))
    for rule in assembly.resources(_RULE):
        bus = assembly.at(text(rule.properties, "EventBusName"), _BUS)
        if bus is None or text(bus.properties, "EventSourceName"):
            continue
        if is_given(rule.properties.get("ScheduleExpression")):
            reason = "it has a schedule and a bus of its own: schedules run on the default bus only"
            yield rule.finding("semantic.event-bus", reason)
        if _is_of_services(rule) and bus.name not in fed:
            reason = (
                f"it listens on {bus.name} to services of AWS, which send to the default bus only:"
                " drop EventBusName, or let a rule of the default bus send them on"
            )
            yield rule.finding("semantic.event-bus", reason)


def _is_of_services(rule: Resource) -> bool:
    sources = texts(rule.properties, "EventPattern", "source")
    return bool(sources) and all(
        source.startswith(_OF_AWS) and not source.startswith(_OF_PARTNERS) for source in sources
    )


def _fed(assembly: Assembly) -> Iterable[str]:
    """The buses that others may send to, or a rule sends on to."""
    for bus in assembly.resources(_BUS):
        if is_given(bus.properties.get("Policy")):
            yield bus.name
    addresses = [
        text(policy.properties, "EventBusName")
        for policy in assembly.resources("AWS::Events::EventBusPolicy")
    ]
    for rule in assembly.resources(_RULE):
        addresses += [text(target, "Arn") for target in mappings(rule.properties, "Targets")]
    for address in addresses:
        found = assembly.at(address, _BUS)
        if found is not None:
            yield found.name


RULES = (rules_listen_where_events_come,)
