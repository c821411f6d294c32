"""Targets are of a kind, and in a region, that the sender can deliver to."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.wiring.arns import arn_of, region_in
from gate.wiring.deliveries import deliveries
from gate.wiring.targets import behind

# They deliver to standard topics only. The others are not listed because some deliver to both.
_STANDARD_ONLY = {
    f"{name}.amazonaws.com" for name in ("aps", "budgets", "cloudwatch", "costalerts", "s3")
}
_QUEUES_STANDARD_ONLY = {"s3.amazonaws.com"}
_OWN_REGION_ONLY = {
    f"{name}.amazonaws.com" for name in ("cloudwatch", "events", "lambda.alarms.cloudwatch", "s3")
}


def targets_are_standard(assembly: Assembly) -> Iterator[Finding]:
    """A FIFO topic or queue that the sender does not deliver to."""
    for delivery in deliveries(assembly):
        target = behind(assembly, delivery.target)
        if target is None:
            continue
        topic = target.properties.get("FifoTopic") in (True, "true")
        queue = target.properties.get("FifoQueue") in (True, "true")
        if (topic and delivery.service in _STANDARD_ONLY) or (
            queue and delivery.service in _QUEUES_STANDARD_ONLY
        ):
            yield delivery.source.finding(
                "wiring.fifo-target",
                f"{delivery.by} names {target.name}, which is FIFO, and {delivery.service} "
                "delivers to standard ones only; make it standard",
            )


def targets_are_in_the_region(assembly: Assembly) -> Iterator[Finding]:
    """A topic, queue or function in a region that the sender does not reach."""
    for delivery in deliveries(assembly):
        target = behind(assembly, delivery.target)
        there = region_in(delivery.target)
        here = region_in(arn_of(assembly, delivery.source))
        if target is None or delivery.service not in _OWN_REGION_ONLY or not (here and there):
            continue
        if here != there and target.type != "AWS::Events::EventBus":
            yield delivery.source.finding(
                "wiring.other-region",
                f"{delivery.by} names {target.name} in {there}, and {delivery.service} in {here} "
                "delivers to its own region only; put one there",
            )


RULES = (targets_are_standard, targets_are_in_the_region)
