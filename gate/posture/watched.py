"""What fails where nobody looks is watched: dead letters, and state machines that fail."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.queues import dead_letter_queues
from gate.posture.tasks import MACHINE, definition, tasks
from gate.reading import listed, mapping, parts, texts
from gate.semantic.alarm_metrics import ALARM, metrics_of

_QUEUE = "AWS::SQS::Queue"
_STATUS_CHANGE = "Step Functions Execution Status Change"


def dead_letters_are_watched(assembly: Assembly) -> Iterator[Finding]:
    """Somebody is told of what could not be delivered."""
    seen = _seen(assembly, _QUEUE, "AWS/SQS", ("ApproximateNumberOfMessagesVisible",))
    queues = {queue.name: queue for queue, _ in dead_letter_queues(assembly)}
    for name, queue in sorted(queues.items()):
        if name not in seen:
            yield queue.finding(
                "posture.dead-letter-unwatched",
                "what could not be delivered ends here, and no alarm looks at it: watch "
                "ApproximateNumberOfMessagesVisible",
            )


def machines_are_watched(assembly: Assembly) -> Iterator[Finding]:
    """Somebody is told of an execution that failed, unless whoever started it waits for it.

    One that takes too long has not failed: it is counted for itself.
    """
    awaited = set(_awaited(assembly))
    for metric, status, happens in (
        ("ExecutionsFailed", "FAILED", "fail"),
        ("ExecutionsTimedOut", "TIMED_OUT", "time out"),
    ):
        seen = _seen(assembly, MACHINE, "AWS/States", (metric,))
        seen |= awaited | set(_followed(assembly, status))
        for machine in assembly.resources(MACHINE):
            can_be = status == "FAILED" or "TimeoutSeconds" in definition(machine)
            if can_be and machine.name not in seen:
                yield machine.finding(
                    "posture.machine-unwatched",
                    f"its executions may {happens}, and no alarm looks at them: watch {metric}",
                )


def _seen(assembly: Assembly, kind: str, namespace: str, metrics: tuple[str, ...]) -> set[str]:
    """The resources of a kind that some alarm looks at one of these metrics of."""
    found = (
        assembly.at(value, kind)
        for alarm in assembly.resources(ALARM)
        for metric in metrics_of(alarm)
        if metric.namespace == namespace and metric.name in metrics
        for value in metric.dimensions.values()
    )
    return {resource.name for resource in found if resource is not None}


def _awaited(assembly: Assembly) -> Iterator[str]:
    """The machines that a state of another one starts and waits for."""
    for task in tasks(assembly):
        if task.service == "states" and task.mode.startswith("sync"):
            yield from _named(assembly, task.state)


def _followed(assembly: Assembly, status: str) -> Iterator[str]:
    """The machines that a rule tells of when they end so."""
    for rule in assembly.resources("AWS::Events::Rule"):
        pattern = mapping(rule.properties.get("EventPattern"))
        statuses = texts(mapping(pattern.get("detail")).get("status"))
        if status in statuses and _STATUS_CHANGE in texts(pattern.get("detail-type")):
            yield from _named(assembly, pattern)


def _named(assembly: Assembly, value: object) -> Iterator[str]:
    for part in parts(value):
        for item in part.values():
            for name in listed(item):
                found: Resource | None = assembly.at(name, MACHINE)
                if found is not None:
                    yield found.name


RULES: tuple[Rule, ...] = (dead_letters_are_watched, machines_are_watched)
