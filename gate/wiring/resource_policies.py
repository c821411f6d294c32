"""The policies that stand on resources: buckets, topics, queues, secrets, images, functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.reading import text, texts
from gate.wiring.aws_policies import Statement
from gate.wiring.policies import statements_of
from gate.wiring.targets import behind

_PLACED_BY: Mapping[str, tuple[str, str]] = {
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn", "PolicyDocument"),
    "AWS::SQS::QueuePolicy": ("Queues", "PolicyDocument"),
    "AWS::SQS::QueueInlinePolicy": ("Queue", "PolicyDocument"),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId", "ResourcePolicy"),
}


class ResourcePolicies:
    """Each resource's own policy."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._statements: dict[Resource, list[Statement]] = {}
        for policy in assembly.resources(*_PLACED_BY):
            place, document = _PLACED_BY[policy.type]
            for target in texts(policy.properties, place):
                self._add(target, statements_of(policy.properties.get(document)))
        for repository in assembly.resources("AWS::ECR::Repository"):
            stated = statements_of(repository.properties.get("RepositoryPolicyText"))
            self._statements.setdefault(repository, []).extend(stated)
        for permission in assembly.resources("AWS::Lambda::Permission"):
            target = text(permission.properties, "FunctionName")
            self._add(target, (_as_statement(permission.properties),))

    def of(self, value: object) -> list[Statement]:
        """The statements on the resource that an ARN, a URI or a name is about."""
        found = behind(self._assembly, value)
        return [] if found is None else self.on(found)

    def on(self, resource: Resource) -> list[Statement]:
        """The statements on a resource."""
        return self._statements.get(resource, [])

    def __iter__(self) -> Iterator[tuple[Resource, list[Statement]]]:
        return iter(self._statements.items())

    def _add(self, target: str, statements: tuple[Statement, ...]) -> None:
        found = behind(self._assembly, target)
        if found is not None:
            self._statements.setdefault(found, []).extend(statements)


def _as_statement(permission: Mapping[str, Any]) -> Statement:
    """What a permission of Lambda says, in the words of a policy. Its resource is its function."""
    principal = text(permission, "Principal")
    kind = "Service" if "." in principal else "AWS"
    condition: dict[str, dict[str, str]] = {}
    if source := text(permission, "SourceArn"):
        condition["ArnLike"] = {"aws:SourceArn": source}
    if account := text(permission, "SourceAccount"):
        condition["StringEquals"] = {"aws:SourceAccount": account}
    return {
        "Effect": "Allow",
        "Principal": {kind: principal},
        "Action": text(permission, "Action"),
        "Condition": condition,
    }
