"""What runs in a network without a way out reaches the services that it calls."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import text, texts
from gate.wiring.networks import (
    Placement,
    endpoints,
    has_way_out,
    lets_in,
    lets_out,
    placement,
    route_table,
)
from gate.wiring.residents import residents
from gate.wiring.search_domains import DOMAIN, may_call


def services_are_reached(assembly: Assembly) -> Iterator[Finding]:
    """Without a way out of the network, each service that the role may call has an endpoint."""
    for resident in residents(assembly):
        closed = [s for s in resident.placed.subnets if not has_way_out(assembly, s)]
        for service in sorted(resident.services) if closed else ():
            fault = unreached(assembly, resident.placed, closed, service)
            if fault:
                yield resident.owner.finding(
                    "wiring.unreachable",
                    f"{resident.what} runs in subnets without a way out, its role may call "
                    f"{service}, and {fault}: calls hang until they time out",
                )


def domains_let_callers_in(assembly: Assembly) -> Iterator[Finding]:
    """A search domain whose security groups keep out what may use it from the network."""
    for domain in assembly.resources(DOMAIN):
        own = texts(domain.properties, "VPCOptions", "SecurityGroupIds")
        groups = placement(assembly, (), own).groups
        for resident in residents(assembly) if groups else ():
            calls = may_call(assembly, resident.role, domain)
            if calls and not any(lets_in(assembly, group, resident.placed) for group in groups):
                yield resident.owner.finding(
                    "wiring.unreachable",
                    f"its role may use {domain.name}, whose security groups do not let it in on "
                    "443: calls hang until they time out; let it in",
                )


def groups_let_calls_out(assembly: Assembly) -> Iterator[Finding]:
    """Security groups that let nothing out leave their holder unable to call anything."""
    for resident in residents(assembly):
        groups = resident.placed.groups
        if groups and resident.services and not any(lets_out(assembly, g) for g in groups):
            yield resident.owner.finding(
                "wiring.no-egress",
                f"the security groups of {resident.what} let no HTTPS out, and its role may call "
                f"{', '.join(sorted(resident.services))}; let port 443 out",
            )


def residents_span_zones(assembly: Assembly) -> Iterator[Finding]:
    """What runs in one availability zone stops with it."""
    for resident in residents(assembly):
        zones = {text(s.properties, "AvailabilityZone") for s in resident.placed.subnets} - {""}
        if len(zones) == 1:
            yield resident.owner.finding(
                "wiring.one-zone",
                f"all subnets of {resident.what} are in {zones.pop()}; give it subnets in two",
            )


def residents_are_private(assembly: Assembly) -> Iterator[Finding]:
    """Subnets that give out public addresses are no place for functions and jobs."""
    for resident in residents(assembly):
        for subnet in resident.placed.subnets:
            if subnet.properties.get("MapPublicIpOnLaunch") in (True, "true"):
                yield resident.owner.finding(
                    "wiring.public-subnet",
                    f"{resident.what} runs in {subnet.name}, whose addresses are public; use a "
                    "private subnet",
                )


def unreached(
    assembly: Assembly, placed: Placement, closed: list[Resource], service: str
) -> str | None:
    """Why a service is not reached from closed subnets; None where it is."""
    faults = [
        _fault(assembly, endpoint, placed, closed)
        for endpoint in endpoints(assembly, placed.network, service)
    ]
    if not faults:
        return f"there is no endpoint for {service}; add one"
    return None if None in faults else faults[0]


def _fault(
    assembly: Assembly, endpoint: Resource, placed: Placement, closed: list[Resource]
) -> str | None:
    """Why an endpoint is of no use to what is placed there, if so."""
    if text(endpoint.properties, "VpcEndpointType") != "Interface":
        tables = [assembly.at(value) for value in texts(endpoint.properties, "RouteTableIds")]
        missed = [subnet.name for subnet in closed if route_table(assembly, subnet) not in tables]
        return f"{endpoint.name} has no route from {', '.join(missed)}; add it" if missed else None
    if endpoint.properties.get("PrivateDnsEnabled") not in (True, "true"):
        return f"{endpoint.name} has no private DNS name, so nobody finds it; enable it"
    groups = placement(assembly, (), texts(endpoint.properties, "SecurityGroupIds")).groups
    if groups and not any(lets_in(assembly, group, placed) for group in groups):
        return f"the security groups of {endpoint.name} do not let it in on 443; let it in"
    return None


RULES = (
    services_are_reached,
    domains_let_callers_in,
    groups_let_calls_out,
    residents_span_zones,
    residents_are_private,
)
