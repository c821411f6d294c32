"""Grafana is in the network that its data sources are in."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import text, texts
from gate.wiring.search_domains import DOMAIN, is_private, may_call

_SEARCH = "AMAZON_OPENSEARCH_SERVICE"


def grafana_is_where_its_searches_are(assembly: Assembly) -> Iterator[Finding]:
    """A workspace without a network reaches public addresses only, and no domain in a VPC."""
    for workspace in assembly.resources("AWS::Grafana::Workspace"):
        if texts(workspace.properties, "VpcConfiguration", "SubnetIds"):
            continue  # what it reaches from there is asked of all that is in a network
        role = text(workspace.properties, "RoleArn")
        all_of_them = _SEARCH in texts(workspace.properties, "DataSources")
        for domain in assembly.resources(DOMAIN):
            if is_private(domain) and (all_of_them or may_call(assembly, role, domain)):
                yield workspace.finding(
                    "wiring.grafana-network",
                    f"it reads {domain.name}, which is in a VPC, and is in none itself: queries "
                    "time out; give it a VpcConfiguration",
                )


RULES = (grafana_is_where_its_searches_are,)
