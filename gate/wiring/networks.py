"""The networks of an assembly: which subnets reach what."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Resource
from gate.reading import mappings, text, texts

_HTTPS = 443
# A route to one of these leaves the network. One to an internet gateway takes a public address,
# which neither functions nor jobs have.
_WAYS_OUT = ("NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId")
_NOWHERE = "255.255.255.255/32"


@dataclass(frozen=True, eq=False)
class Placement:
    """Where something runs: its subnets and security groups."""

    subnets: tuple[Resource, ...]
    groups: tuple[Resource, ...]

    @property
    def network(self) -> str:
        """The id of the network."""
        return text(self.subnets[0].properties, "VpcId") if self.subnets else ""


def placement(assembly: Assembly, subnets: Iterable[str], groups: Iterable[str]) -> Placement:
    """The subnets and groups of the assembly that these ids stand for."""
    return Placement(
        tuple(_found(assembly, subnets, "AWS::EC2::Subnet")),
        tuple(_found(assembly, groups, "AWS::EC2::SecurityGroup")),
    )


def has_way_out(assembly: Assembly, subnet: Resource) -> bool:
    """Whether the subnet's routes lead out of the network, or are not known here."""
    table = route_table(assembly, subnet)
    if table is None:
        # A network's own table, which such a subnet falls back on, has no route but the local one.
        return assembly.at(text(subnet.properties, "VpcId"), "AWS::EC2::VPC") is None
    return any(
        assembly.at(text(route.properties, "RouteTableId")) is table
        and any(route.properties.get(way) for way in _WAYS_OUT)
        for route in assembly.resources("AWS::EC2::Route")
    )


def route_table(assembly: Assembly, subnet: Resource) -> Resource | None:
    """The route table that a subnet is associated with."""
    for association in assembly.resources("AWS::EC2::SubnetRouteTableAssociation"):
        if assembly.at(text(association.properties, "SubnetId"), "AWS::EC2::Subnet") is subnet:
            return assembly.at(text(association.properties, "RouteTableId"))
    return None


def endpoints(assembly: Assembly, network: str, service: str) -> Iterator[Resource]:
    """The endpoints of a service, such as `sagemaker.api`, in a network."""
    for endpoint in assembly.resources("AWS::EC2::VPCEndpoint"):
        named = text(endpoint.properties, "ServiceName")
        if text(endpoint.properties, "VpcId") == network and _service_in(named) == service:
            yield endpoint


def lets_out(assembly: Assembly, group: Resource) -> bool:
    """Whether a security group lets HTTPS out to anything."""
    rules = mappings(group.properties, "SecurityGroupEgress")
    rules += _separate(assembly, group, "AWS::EC2::SecurityGroupEgress")
    if not rules:  # a group that says nothing lets all out
        return True
    return any(_is_https(rule) and text(rule, "CidrIp") != _NOWHERE for rule in rules)


def lets_in(assembly: Assembly, group: Resource, callers: Placement) -> bool:
    """Whether a security group lets HTTPS in from where the callers are."""
    rules = mappings(group.properties, "SecurityGroupIngress")
    rules += _separate(assembly, group, "AWS::EC2::SecurityGroupIngress")
    return any(_is_https(rule) and _comes_from(assembly, rule, callers) for rule in rules)


def _comes_from(assembly: Assembly, rule: Mapping[str, Any], callers: Placement) -> bool:
    if source := text(rule, "SourceSecurityGroupId"):
        found = assembly.at(source, "AWS::EC2::SecurityGroup")
        return found is None or found in callers.groups
    block = text(rule, "CidrIp")
    if not block:  # prefix lists and IPv6 are not followed here
        return True
    return all(_meet(block, text(subnet.properties, "CidrBlock")) for subnet in callers.subnets)


def _meet(first: str, second: str) -> bool:
    try:
        one = ipaddress.ip_network(first, strict=False)
        other = ipaddress.ip_network(second, strict=False)
    except ValueError:
        return True
    return one.version != other.version or one.overlaps(other)


def _is_https(rule: Mapping[str, Any]) -> bool:
    protocol = str(rule.get("IpProtocol", "-1"))
    if protocol == "-1":
        return True
    if protocol not in {"tcp", "6"}:
        return False
    low, high = _port(rule.get("FromPort"), 0), _port(rule.get("ToPort"), 65535)
    return low <= _HTTPS <= high


def _port(value: object, otherwise: int) -> int:
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    return value if isinstance(value, int) and value >= 0 else otherwise


def _separate(assembly: Assembly, group: Resource, kind: str) -> list[Mapping[str, Any]]:
    return [
        rule.properties
        for rule in assembly.resources(kind)
        if assembly.at(text(rule.properties, "GroupId"), "AWS::EC2::SecurityGroup") is group
    ]


def _service_in(named: str) -> str:
    """What follows the region in `com.amazonaws.eu-west-1.sagemaker.api`."""
    parts = named.split(".")
    regions = [place for place, part in enumerate(parts) if part.count("-") >= 2]  # noqa: PLR2004
    if regions:
        return ".".join(parts[regions[0] + 1 :])
    # SageMaker's are named `aws.sagemaker.<region>.studio` and alike, others by the account.
    return parts[-1]


def _found(assembly: Assembly, ids: Iterable[str], kind: str) -> Iterator[Resource]:
    for value in ids:
        resource = assembly.at(value, kind)
        if resource is not None:
            yield resource


def ids(holder: object, *keys: str) -> list[str]:
    """The ids under whichever of the keys there is: services name them differently."""
    return [value for key in keys for value in texts(holder, key)]
