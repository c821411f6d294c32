"""Networks: not open to the world, watched, and with no way around roles."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import is_given, is_true, mappings, number, within

_WORLD = ("0.0.0.0/0", "::/0")
_PUBLIC_PORTS = (80.0, 443.0)
_DOMAIN = "AWS::OpenSearchService::Domain"


def closed_to_the_world(assembly: Assembly) -> Iterator[Finding]:
    """No security group lets everybody in, but to the web ports of a load balancer."""
    balancers = _balancer_groups(assembly)
    for group in assembly.resources("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"):
        owned = group.properties.get("GroupId")
        owner = group if group.type.endswith("Group") else assembly.at(owned)
        rules = mappings(group.properties.get("SecurityGroupIngress")) or [group.properties]
        for rule in rules:
            world = {rule.get("CidrIp"), rule.get("CidrIpv6")} & set(_WORLD)
            port = number(rule.get("ToPort"))
            if world and not (owner and owner.name in balancers and port in _PUBLIC_PORTS):
                yield group.finding(
                    "posture.network-open",
                    f"{sorted(map(str, world))} may come in: name the network or group that may",
                )


def flows_are_logged(assembly: Assembly) -> Iterator[Finding]:
    """Each VPC has a flow log."""
    logged = set()
    for log in assembly.resources("AWS::EC2::FlowLog"):
        owner = assembly.at(log.properties.get("ResourceId"))
        if owner is not None and log.properties.get("TrafficType") in ("ALL", "REJECT"):
            logged.add(owner.name)
    for vpc in assembly.resources("AWS::EC2::VPC"):
        if vpc.name not in logged:
            yield vpc.finding(
                "posture.network-flow-log", "no FlowLog of ALL or REJECT traffic: add one"
            )


def endpoints_are_found(assembly: Assembly) -> Iterator[Finding]:
    """An interface endpoint answers to the service's own name."""
    for endpoint in assembly.resources("AWS::EC2::VPCEndpoint"):
        kind = endpoint.properties.get("VpcEndpointType", "Gateway")
        if kind == "Interface" and not is_true(endpoint.properties.get("PrivateDnsEnabled")):
            yield endpoint.finding(
                "posture.network-endpoint",
                "PrivateDnsEnabled is not true: programs would go past the endpoint",
            )
        if kind == "Gateway" and not is_given(endpoint.properties.get("RouteTableIds")):
            yield endpoint.finding(
                "posture.network-endpoint", "RouteTableIds is empty: no packet goes there"
            )


def metadata_needs_a_token(assembly: Assembly) -> Iterator[Finding]:
    """An instance's credentials are given to sessions only."""
    for resource in assembly.resources("AWS::EC2::LaunchTemplate", "AWS::EC2::Instance"):
        data = resource.properties.get("LaunchTemplateData", resource.properties)
        if within(data, "MetadataOptions.HttpTokens") != "required":
            yield resource.finding(
                "posture.instance-metadata", "MetadataOptions.HttpTokens is not required: set it"
            )


def search_is_inside(assembly: Assembly) -> Iterator[Finding]:
    """A search domain is in a network, or asks who comes."""
    for domain in assembly.resources(_DOMAIN):
        inside = is_given(within(domain.properties, "VPCOptions.SubnetIds"))
        asked = is_true(within(domain.properties, "AdvancedSecurityOptions.Enabled"))
        if not inside and not asked:
            yield domain.finding(
                "posture.search-open",
                "neither VPCOptions nor AdvancedSecurityOptions: whoever finds it may ask it",
            )


def _balancer_groups(assembly: Assembly) -> set[str]:
    found = set()
    for balancer in assembly.resources("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        for name in balancer.properties.get("SecurityGroups") or []:
            group = assembly.at(name)
            if group is not None:
                found.add(group.name)
    return found


RULES: tuple[Rule, ...] = (
    closed_to_the_world,
    flows_are_logged,
    endpoints_are_found,
    metadata_needs_a_token,
    search_is_inside,
    Requirement(
        "posture.search-encrypted",
        _DOMAIN,
        "EncryptionAtRestOptions.Enabled",
        "set it to true",
        holds=is_true,
    ),
)
