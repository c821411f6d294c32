"""Where a template keeps policies: of identities, and of the resources that they are about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Resource
from gate.reading import listed, texts, within
from gate.wiring.policies import statements_of
from gate.wiring.restrictions import is_void, restricted

_OWN_DOCUMENT = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)
_INLINE_DOCUMENTS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_RESOURCE_POLICIES: Mapping[str, str] = {
    "AWS::Backup::BackupVault": "AccessPolicy",
    "AWS::CodeArtifact::Domain": "PermissionsPolicyDocument",
    "AWS::CodeArtifact::Repository": "PermissionsPolicyDocument",
    "AWS::DynamoDB::Table": "ResourcePolicy.PolicyDocument",
    "AWS::ECR::RegistryPolicy": "PolicyText",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::EFS::FileSystem": "FileSystemPolicy",
    "AWS::Elasticsearch::Domain": "AccessPolicies",
    "AWS::Events::EventBus": "Policy",
    "AWS::Events::EventBusPolicy": "Statement",
    "AWS::Glue::ResourcePolicy": "PolicyInJson",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "AWS::Kinesis::ResourcePolicy": "ResourcePolicy",
    "AWS::Lambda::LayerVersionPolicy": "Policy",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::OpenSearchService::Domain": "AccessPolicies",
    "AWS::S3::AccessPoint": "Policy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicInlinePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueueInlinePolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SageMaker::ModelPackageGroup": "ModelPackageGroupPolicy",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}
# Everybody is let in by them, unless they say otherwise: they only take away.
_GATEWAYS: Mapping[str, str] = {
    "AWS::ApiGateway::RestApi": "Policy",
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
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

    def restricted(self, *, always_sent: bool = False) -> frozenset[str]:
        """The keys by which its condition keeps anybody out; see `gate.wiring.restrictions`."""
        return restricted(self.statement.get("Condition"), always_sent=always_sent)

    @property
    def is_narrowed(self) -> bool:
        """Whether it has a condition that something may not meet."""
        return bool(self.condition) and not is_void(self.condition)

    @property
    def is_for_everybody(self) -> bool:
        """Whether it is about whoever asks, or about all but a few."""
        everybody = self.principals("AWS") + self.principals("Service")
        return "*" in everybody or "NotPrincipal" in self.statement

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
    yield from _placed(assembly, _RESOURCE_POLICIES)


def all_statements(assembly: Assembly) -> Iterator[Stated]:
    """Every statement of every policy."""
    yield from identity_statements(assembly)
    yield from trust_statements(assembly)
    yield from _placed(assembly, {**_RESOURCE_POLICIES, **_GATEWAYS})


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


def _placed(assembly: Assembly, places: Mapping[str, str]) -> Iterator[Stated]:
    for resource in assembly.resources(*places):
        found = within(resource.properties, places[resource.type])
        is_bare = isinstance(found, Mapping) and "Effect" in found
        yield from _stated(resource, {"Statement": found} if is_bare else found)


def _stated(owner: Resource, document: object) -> list[Stated]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return []  # a document that is none is a finding of the schema
    return [Stated(owner, statement) for statement in statements_of(document)]
