"""Queues: messages live long enough to be looked at, and are tried when there is room for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.reading import is_true, leaves, number, within

_QUEUE = "AWS::SQS::Queue"
_MAPPING = "AWS::Lambda::EventSourceMapping"
_DEFAULT_RETENTION = 345_600
_DEFAULT_VISIBILITY = 30
_DEFAULT_TIMEOUT = 3
_RECEIVED = (2, 100)
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html, 2026-11.
_ROOM = 6


def dead_letters_last(assembly: Assembly) -> Iterator[Finding]:
    """A dead-letter queue keeps messages for four days at least, and longer than its source."""
    for queue, source in dead_letter_queues(assembly):
        kept = _retention(queue)
        if kept < _DEFAULT_RETENTION:
            yield queue.finding(
                "posture.dead-letter-retention",
                f"dead letters are kept for {kept:g} s: a weekend is longer; "
                "set MessageRetentionPeriod to 1209600",
            )
        elif source.type == _QUEUE and kept <= _retention(source) < 1_209_600:  # noqa: PLR2004
            yield queue.finding(
                "posture.dead-letter-retention",
                f"it keeps messages no longer than {source.logical_id}, from which they come "
                "with their age: set MessageRetentionPeriod to 1209600",
            )


def redrive_is_sane(assembly: Assembly) -> Iterator[Finding]:
    """A message is tried more than once and not for ever, and dies into another queue."""
    for queue in assembly.resources(_QUEUE):
        policy = redrive(queue)
        if not policy:
            continue
        received = number(policy.get("maxReceiveCount"))
        if received is None or not _RECEIVED[0] <= received <= _RECEIVED[1]:
            yield queue.finding(
                "posture.dead-letter-count",
                f"maxReceiveCount is {policy.get('maxReceiveCount')}: expected 2 to 100, "
                "so that one failure is not the end, and a poisoned message has one",
            )
        target = assembly.at(policy.get("deadLetterTargetArn"))
        if target and target.name == queue.name:
            yield queue.finding("posture.dead-letter-self", "it is its own dead-letter queue")
        elif target and target.type == _QUEUE and _is_fifo(target) != _is_fifo(queue):
            yield queue.finding(
                "posture.dead-letter-kind", "a FIFO queue needs a FIFO dead-letter queue"
            )


def hidden_while_handled(assembly: Assembly) -> Iterator[Finding]:
    """A message stays hidden while its consumer gathers a batch, and is tried, and throttled."""
    for mapping, queue, function in _consumed(assembly):
        hidden = number(queue.properties.get("VisibilityTimeout", _DEFAULT_VISIBILITY)) or 0
        longest = number(function.properties.get("Timeout", _DEFAULT_TIMEOUT)) or 0
        window = number(mapping.properties.get("MaximumBatchingWindowInSeconds")) or 0
        if hidden < _ROOM * longest + window:
            yield queue.finding(
                "posture.queue-visibility",
                f"VisibilityTimeout is {hidden:g} s but {function.logical_id} may take "
                f"{longest:g} s and gathers for {window:g} s: set six times the one and the other, "
                f"{_ROOM * longest + window:g} s",
            )
        if not redrive(queue):
            yield queue.finding(
                "posture.queue-dead-letters",
                "a poisoned message comes back for ever: RedrivePolicy",
            )


def consumed_within_reserve(assembly: Assembly) -> Iterator[Finding]:
    """A queue asks for no more instances than its function has reserved.

    A batch that is throttled was received: a backlog would use up its tries, unhandled.
    """
    for mapping, _, function in _consumed(assembly):
        reserved = number(function.properties.get("ReservedConcurrentExecutions"))
        most = number(within(mapping.properties, "ScalingConfig.MaximumConcurrency"))
        if reserved is not None and (most is None or most > reserved):
            yield mapping.finding(
                "posture.queue-throttled",
                f"ScalingConfig.MaximumConcurrency is {'not set' if most is None else f'{most:g}'} "
                f"and {function.logical_id} has {reserved:g} instances reserved: batches beyond "
                f"them are throttled until they are dead letters; set it, to {reserved:g} at most",
            )


def _consumed(assembly: Assembly) -> Iterator[tuple[Resource, Resource, Resource]]:
    """Each mapping from a queue to a function, with both."""
    for mapping in assembly.resources(_MAPPING):
        queue = assembly.at(mapping.properties.get("EventSourceArn"))
        function = assembly.at(mapping.properties.get("FunctionName"))
        if queue is not None and function is not None and queue.type == _QUEUE:
            yield mapping, queue, function


def redrive(queue: Resource) -> Mapping[str, Any]:
    """The queue's redrive policy, written as a mapping or as JSON; empty if there is none."""
    policy = queue.properties.get("RedrivePolicy")
    if isinstance(policy, str):
        try:
            policy = json.loads(policy)
        except ValueError:
            return {}
    return policy if isinstance(policy, Mapping) else {}


def dead_letter_queues(assembly: Assembly) -> Iterator[tuple[Resource, Resource]]:
    """Each dead-letter queue with a resource that sends its failures there."""
    for source in assembly.resources():
        named = [redrive(source).get("deadLetterTargetArn")] if source.type == _QUEUE else []
        for path, value in leaves(source.properties):
            if any(mark in path for mark in ("DeadLetterConfig", "OnFailure", "deadLetter")):
                named.append(value)
        for name in named:
            queue = assembly.at(name) if isinstance(name, str) else None
            if queue is not None and queue.type == _QUEUE:
                yield queue, source


def _retention(queue: Resource) -> float:
    period = queue.properties.get("MessageRetentionPeriod", _DEFAULT_RETENTION)
    return number(period) or 0


def _is_fifo(queue: Resource) -> bool:
    return is_true(within(queue.properties, "FifoQueue"))


RULES: tuple[Rule, ...] = (
    dead_letters_last,
    redrive_is_sane,
    hidden_while_handled,
    consumed_within_reserve,
)
