"""Networks whose endpoints need names resolve names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import text, texts
from gate.wiring.networks import placement


def networks_resolve_private_names(assembly: Assembly) -> Iterator[Finding]:
    """Private DNS names of endpoints take DNS support and host names in their network."""
    for endpoint in assembly.resources("AWS::EC2::VPCEndpoint"):
        if endpoint.properties.get("PrivateDnsEnabled") not in (True, "true"):
            continue
        network = assembly.at(text(endpoint.properties, "VpcId"), "AWS::EC2::VPC")
        if network is None:
            continue
        # DNS support is on unless it is switched off; host names are off unless switched on.
        support = network.properties.get("EnableDnsSupport", True) in (True, "true")
        names = network.properties.get("EnableDnsHostnames", False) in (True, "true")
        if not (support and names):
            yield endpoint.finding(
                "wiring.private-dns",
                f"its private DNS name takes EnableDnsSupport and EnableDnsHostnames on "
                f"{network.name}, which are not both on: it cannot be made; switch them on",
            )


def interfaces_have_names(assembly: Assembly) -> Iterator[Finding]:
    """An interface endpoint without its private name is found by nobody."""
    # Whoever keeps zones of his own may give the names himself.
    if next(assembly.resources("AWS::Route53::HostedZone"), None) is not None:
        return
    for endpoint in assembly.resources("AWS::EC2::VPCEndpoint"):
        if text(endpoint.properties, "VpcEndpointType") != "Interface":
            continue
        of_aws = "amazonaws." in text(endpoint.properties, "ServiceName")
        if of_aws and endpoint.properties.get("PrivateDnsEnabled") not in (True, "true"):
            yield endpoint.finding(
                "wiring.private-dns",
                "it has no private DNS name, so calls go past it to the public address; set "
                "PrivateDnsEnabled",
            )


def interfaces_span_zones(assembly: Assembly) -> Iterator[Finding]:
    """An interface endpoint in one zone of a network that has more goes down with that zone."""
    for endpoint in assembly.resources("AWS::EC2::VPCEndpoint"):
        if text(endpoint.properties, "VpcEndpointType") != "Interface":
            continue
        network = text(endpoint.properties, "VpcId")
        own = _zones(placement(assembly, texts(endpoint.properties, "SubnetIds"), ()).subnets)
        all_zones = _zones(
            subnet
            for subnet in assembly.resources("AWS::EC2::Subnet")
            if text(subnet.properties, "VpcId") == network
        )
        if len(own) == 1 and len(all_zones) > 1:
            yield endpoint.finding(
                "wiring.one-zone",
                f"it is in {own.pop()} only, and its network in {', '.join(sorted(all_zones))}; "
                "give it a subnet in each",
            )


def _zones(subnets: Iterable[Resource]) -> set[str]:
    return {text(subnet.properties, "AvailabilityZone") for subnet in subnets} - {""}


RULES = (networks_resolve_private_names, interfaces_have_names, interfaces_span_zones)
