"""What is to stand in several availability zones has a subnet in each."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import at, is_true, number, text, texts
from gate.wiring.networks import placement
from gate.wiring.search_domains import DOMAIN

_ZONES = 2
# Their services refuse subnets of fewer than two zones.
_SPREAD = {
    "AWS::RDS::DBSubnetGroup": "SubnetIds",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Subnets",
}


def domains_have_a_subnet_a_zone(assembly: Assembly) -> Iterator[Finding]:
    """A search domain has as many subnets as zones, and nodes for each of them."""
    for domain in assembly.resources(DOMAIN):
        cluster = at(domain.properties, "ClusterConfig")
        aware = is_true(at(cluster, "ZoneAwarenessEnabled"))
        zones = number(at(cluster, "ZoneAwarenessConfig", "AvailabilityZoneCount")) or _ZONES
        wanted = zones if aware else 1
        subnets = _listed(domain, "VPCOptions", "SubnetIds")
        if subnets and len(subnets) != wanted:
            yield domain.finding(
                "wiring.search-zones",
                f"VPCOptions.SubnetIds are {len(subnets)}, for {wanted:g} by its zone awareness: "
                "OpenSearch refuses it; give it one subnet a zone",
            )
        elif aware and _known_zones(assembly, subnets) not in (0, wanted):
            yield domain.finding(
                "wiring.search-zones",
                f"its subnets do not lie in {wanted:g} zones: OpenSearch refuses it; give it one "
                "subnet a zone",
            )
        nodes = number(at(cluster, "InstanceCount"))
        if aware and nodes is not None and nodes < wanted:
            yield domain.finding(
                "wiring.search-zones",
                f"InstanceCount is {nodes:g} in {wanted:g} zones: OpenSearch refuses it; let it "
                "have one node a zone at least",
            )


def groups_of_subnets_span_zones(assembly: Assembly) -> Iterator[Finding]:
    """A database's group of subnets, and a load balancer, take two zones."""
    for resource in assembly.resources(*_SPREAD):
        if text(resource.properties, "Type") in ("network", "gateway"):
            continue
        subnets = _listed(resource, _SPREAD[resource.type])
        if len(subnets) == 1 or (subnets and _known_zones(assembly, subnets) == 1):
            yield resource.finding(
                "wiring.spread-zones",
                "its subnets lie in one zone: it is refused; give it subnets in two",
            )


def _listed(resource: Resource, *path: str) -> list[str]:
    """The subnets at a path; none where a parameter or an export holds who knows how many."""
    return texts(resource.properties, *path) if isinstance(at(resource.raw, *path), list) else []


def _known_zones(assembly: Assembly, subnets: list[str]) -> int:
    """In how many zones subnets of the assembly lie; 0 where some are not known."""
    found: tuple[Resource, ...] = placement(assembly, subnets, ()).subnets
    zones = {text(subnet.properties, "AvailabilityZone") for subnet in found}
    return 0 if len(found) < len(subnets) or "" in zones else len(zones)


RULES = (domains_have_a_subnet_a_zone, groups_of_subnets_span_zones)
