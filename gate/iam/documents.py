"""Where a template keeps policies: of identities, and of the resources that they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Resource
from gate.reading import listed, texts
from gate.wiring.policies import statements_of

_OWN_DOCUMENT = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)
_INLINE_DOCUMENTS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_RESOURCE_POLICIES: Mapping[str, str] = {
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::Lambda::LayerVersionPolicy": "Policy",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::OpenSearchService::Domain": "AccessPolicies",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


@dataclass(frozen=True)
class Stated:
    """A statement, and the resource that it stands in."""

    owner: Resource
    statement: Mapping[str, Any]

    @property
    def allows(self) -> bool:
        """Whether it gives something, rather than takes."""
        return self.statement.get("Effect") == "Allow"

    @property
    def actions(self) -> list[str]:
        """The actions that it names."""
        return texts(self.statement.get("Action"))

    @property
    def resources(self) -> list[str]:
        """The resources that it names."""
        return texts(self.statement.get("Resource"))

    @property
    def condition(self) -> Mapping[str, Any]:
        """The condition; empty where it has none."""
        found = self.statement.get("Condition")
        return found if isinstance(found, Mapping) else {}

    @property
    def condition_keys(self) -> set[str]:
        """The keys that its condition asks for, in lower case."""
        pairs = [item for item in self.condition.values() if isinstance(item, Mapping)]
        return {str(key).lower() for pair in pairs for key in pair}

    def principals(self, kind: str) -> list[str]:
        """Who is meant, of one kind (`AWS`, `Service`); `*` alone is everybody of every kind."""
        named = self.statement.get("Principal")
        if isinstance(named, Mapping):
            return texts(named.get(kind))
        return texts(named)


def identity_statements(assembly: Assembly) -> Iterator[Stated]:
    """Every statement of the policies of roles, users and groups."""
    for resource in assembly.resources(*_OWN_DOCUMENT):
        yield from _stated(resource, resource.properties.get("PolicyDocument"))
    for resource in assembly.resources(*_INLINE_DOCUMENTS):
        for policy in listed(resource.properties.get("Policies")):
            if isinstance(policy, Mapping):
                yield from _stated(resource, policy.get("PolicyDocument"))


def trust_statements(assembly: Assembly) -> Iterator[Stated]:
    """Every statement on who may assume a role."""
    for role in assembly.resources("AWS::IAM::Role"):
        yield from _stated(role, role.properties.get("AssumeRolePolicyDocument"))


def resource_statements(assembly: Assembly) -> Iterator[Stated]:
    """Every statement of the policies of buckets, keys, topics, queues and their like."""
    for resource in assembly.resources(*_RESOURCE_POLICIES):
        yield from _stated(resource, resource.properties.get(_RESOURCE_POLICIES[resource.type]))


def statements_of_role(assembly: Assembly, role: Resource) -> list[Stated]:
    """What the policies in the templates let one role do."""
    found = [
        stated
        for policy in assembly.resources(*_OWN_DOCUMENT)
        if _is_of(assembly, policy, role)
        for stated in _stated(policy, policy.properties.get("PolicyDocument"))
    ]
    for policy in listed(role.properties.get("Policies")):
        if isinstance(policy, Mapping):
            found += _stated(role, policy.get("PolicyDocument"))
    return found


def _is_of(assembly: Assembly, policy: Resource, role: Resource) -> bool:
    named = texts(policy.properties.get("Roles")) + texts(policy.properties.get("RoleName"))
    attached = texts(role.properties.get("ManagedPolicyArns"))
    return any(_is(assembly, value, role) for value in named) or any(
        _is(assembly, value, policy) for value in attached
    )


def _is(assembly: Assembly, value: str, resource: Resource) -> bool:
    found = assembly.at(value, resource.type)
    return found is not None and found.name == resource.name


def _stated(owner: Resource, document: object) -> list[Stated]:
    return [Stated(owner, statement) for statement in statements_of(document)]
