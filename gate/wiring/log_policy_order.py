"""What tries its log group while it is made waits for the policy that lets it in."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import leaves, text
from gate.wiring.creation_order import made_before

# Who writes under its own name, where it says the group, and as whom the policy lets it.
_WRITERS = {
    "AWS::OpenSearchService::Domain": ("LogPublishingOptions", "es.amazonaws.com"),
    "AWS::Elasticsearch::Domain": ("LogPublishingOptions", "es.amazonaws.com"),
    "AWS::Route53::HostedZone": ("QueryLoggingConfig", "route53.amazonaws.com"),
}
_POLICY = "AWS::Logs::ResourcePolicy"
_GROUP = "AWS::Logs::LogGroup"


def log_policies_come_first(assembly: Assembly) -> Iterator[Finding]:
    """A domain or a zone that logs, made before the log group's policy lets it."""
    for template in assembly.templates:
        policies = [p for p in template.resources.values() if p.type == _POLICY]
        for writer in template.resources.values() if policies else ():
            place, service = _WRITERS.get(writer.type, ("", ""))
            if not place or not _logs(assembly, writer, place):
                continue
            own = [p for p in policies if service in str(p.properties.get("PolicyDocument"))]
            before = made_before(template, writer)
            if own and not any(policy.logical_id in before for policy in own):
                yield writer.finding(
                    "wiring.policy-first",
                    f"it tries its log group while it is made, and does not wait for "
                    f"{own[0].logical_id}; add it to DependsOn",
                )


def _logs(assembly: Assembly, writer: Resource, place: str) -> bool:
    return any(
        assembly.at(value, _GROUP) is not None
        for _, value in leaves(writer.properties.get(place))
        if text(value)
    )


RULES = (log_policies_come_first,)
