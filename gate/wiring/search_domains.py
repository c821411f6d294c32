"""OpenSearch domains, and who reads from them."""

from __future__ import annotations

from gate.assembly import Assembly, Resource
from gate.reading import texts
from gate.wiring.permissions import permissions_of

DOMAIN = "AWS::OpenSearchService::Domain"


def is_private(domain: Resource) -> bool:
    """Whether a domain is in a network, and so has no public address."""
    return any(
        texts(domain.properties, "VPCOptions", key) for key in ("SubnetIds", "SecurityGroupIds")
    )


def may_call(assembly: Assembly, role: str, domain: Resource) -> bool:
    """Whether a role's own policies name a domain, or a path on it."""
    permissions = permissions_of(assembly)
    found = permissions.role_at(role)
    return found is not None and any(
        assembly.at(value.rstrip("/*")) is domain
        for statement in permissions.statements(found)
        for value in texts(statement, "Resource")
    )
