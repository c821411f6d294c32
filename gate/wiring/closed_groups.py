"""What is there to be called lets somebody in."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import text, texts
from gate.wiring.networks import Placement, lets_in, placement
from gate.wiring.search_domains import DOMAIN

_GROUP = "AWS::EC2::SecurityGroup"


def somebody_is_let_in(assembly: Assembly) -> Iterator[Finding]:
    """An interface endpoint or a search domain whose security groups let nobody in on 443."""
    for endpoint in assembly.resources("AWS::EC2::VPCEndpoint"):
        if text(endpoint.properties, "VpcEndpointType") == "Interface":
            yield from _judge(assembly, endpoint, texts(endpoint.properties, "SecurityGroupIds"))
    for domain in assembly.resources(DOMAIN):
        yield from _judge(
            assembly, domain, texts(domain.properties, "VPCOptions", "SecurityGroupIds")
        )


def _judge(assembly: Assembly, called: Resource, ids: list[str]) -> Iterator[Finding]:
    groups = placement(assembly, (), ids).groups
    if groups and len(groups) == len(ids) and not any(_opens(assembly, g) for g in groups):
        named = ", ".join(group.name for group in groups)
        yield called.finding(
            "wiring.closed-group",
            f"its security groups ({named}) let nobody in on 443: every call to it times out; give "
            "it a group of its own that lets its callers in",
        )


def _opens(assembly: Assembly, group: Resource) -> bool:
    """Whether a group lets HTTPS in from some address or other group."""
    callers = tuple(other for other in assembly.resources(_GROUP))
    return lets_in(assembly, group, Placement((), callers))


RULES = (somebody_is_let_in,)
