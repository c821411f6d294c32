"""What each role of an assembly may do: its policies, its boundary, and the resource's policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from gate.assembly import Assembly, Resource
from gate.reading import is_known, mappings, texts
from gate.wiring.arns import arn_of
from gate.wiring.aws_policies import Statement, statements_of_aws
from gate.wiring.keys import key_leaves_to_roles, key_lets
from gate.wiring.policies import Request, allows, denies, role, statements_of
from gate.wiring.resource_policies import ResourcePolicies

_NO_CONTEXT: Mapping[str, str | None] = MappingProxyType({})


class Permissions:
    """The roles of one assembly. A role from elsewhere is taken to be allowed all."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._resource_policies = ResourcePolicies(assembly)
        self._statements: dict[Resource, list[Statement]] = {}
        self._unknown: set[Resource] = set()
        for found in assembly.resources("AWS::IAM::Role"):
            self._read_role(found)
        for policy in assembly.resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for name in texts(policy.properties, "Roles"):
                self._add(self.role_at(name), policy.properties.get("PolicyDocument"))

    def role_at(self, value: object) -> Resource | None:
        """The role of the assembly that an ARN or a name stands for."""
        return self._assembly.at(value, "AWS::IAM::Role")

    def statements(self, found: Resource) -> list[Statement]:
        """All statements of a role's own policies."""
        return self._statements.get(found, [])

    def is_known(self, found: Resource) -> bool:
        """Whether every policy of the role can be read here."""
        return found not in self._unknown

    def may(
        self,
        role_arn: object,
        action: str,
        resource: str = "*",
        context: Mapping[str, str | None] = _NO_CONTEXT,
    ) -> bool:
        """Whether a role may do it, as far as the assembly tells."""
        found = self.role_at(role_arn)
        if found is None or not self.is_known(found):
            return True
        # Of a resource that is not known, anything that the role may do it on could be meant.
        resource = resource if is_known(resource) else "*"
        asked = Request(action, resource, role(str(role_arn)), context)
        policy = self._resource_policies.of(resource)
        if denies(policy, asked):
            return False
        own = Request(action, resource, None, context)
        return self._own_allow(found, own) or allows(policy, asked)

    def may_use_key(
        self,
        role_arn: object,
        key: Resource,
        action: str,
        context: Mapping[str, str | None] = _NO_CONTEXT,
    ) -> bool:
        """Whether a role may use a key, by the key's policy or by its own."""
        found = self.role_at(role_arn)
        if found is None or not self.is_known(found):
            return True
        principal = role(str(role_arn))
        if key_lets(key, principal, action, context):
            return True
        own = Request(action, arn_of(self._assembly, key), None, context)
        return key_leaves_to_roles(key, principal, action) and self._own_allow(found, own)

    def _own_allow(self, found: Resource, request: Request) -> bool:
        if not allows(self.statements(found), request):
            return False
        boundary = self._boundary(found)
        return boundary is None or allows(boundary, request)

    def _boundary(self, found: Resource) -> Iterable[Statement] | None:
        policy = self._assembly.at(
            found.properties.get("PermissionsBoundary"), "AWS::IAM::ManagedPolicy"
        )
        return None if policy is None else statements_of(policy.properties.get("PolicyDocument"))

    def _read_role(self, found: Resource) -> None:
        for inline in mappings(found.properties, "Policies"):
            self._add(found, inline.get("PolicyDocument"))
        for arn in texts(found.properties, "ManagedPolicyArns"):
            self._attach(found, arn)

    def _attach(self, found: Resource, arn: str) -> None:
        policy = self._assembly.at(arn, "AWS::IAM::ManagedPolicy")
        if policy is not None:
            self._add(found, policy.properties.get("PolicyDocument"))
            return
        statements = statements_of_aws(arn)
        if statements is None:
            self._unknown.add(found)
        else:
            self._statements.setdefault(found, []).extend(statements)

    def _add(self, found: Resource | None, document: Any) -> None:
        if found is not None:
            self._statements.setdefault(found, []).extend(statements_of(document))


@lru_cache(maxsize=2)
def permissions_of(assembly: Assembly) -> Permissions:
    """The permissions of an assembly, read once for all rules."""
    return Permissions(assembly)
