"""A role that may read or write what is encrypted may use the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import texts
from gate.wiring.arns import arn_of, region_in
from gate.wiring.keys import key_of
from gate.wiring.permissions import Permissions, permissions_of
from gate.wiring.policies import names_action

_READ = ("kms:Decrypt",)
_WRITE = ("kms:GenerateDataKey",)
_SEND = ("kms:Decrypt", "kms:GenerateDataKey")
_NEEDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "AWS::S3::Bucket": {"s3:GetObject": _READ, "s3:PutObject": _WRITE},
    "AWS::SNS::Topic": {"sns:Publish": _SEND},
    "AWS::SQS::Queue": {"sqs:SendMessage": _SEND, "sqs:ReceiveMessage": _READ},
    "AWS::SecretsManager::Secret": {
        "secretsmanager:GetSecretValue": _READ,
        "secretsmanager:PutSecretValue": _WRITE,
    },
    "AWS::DynamoDB::Table": {
        f"dynamodb:{action}": _READ
        for action in ("GetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem")
    },
    "AWS::Kinesis::Stream": {"kinesis:GetRecords": _READ, "kinesis:PutRecord": _WRITE},
}
_SERVICES = {"AWS::S3::Bucket": "s3", "AWS::SNS::Topic": "sns", "AWS::SQS::Queue": "sqs"}


def roles_may_use_keys(assembly: Assembly) -> Iterator[Finding]:
    """A role let to a resource, but not to the key without which it gets nothing from it."""
    permissions = permissions_of(assembly)
    for role in assembly.resources("AWS::IAM::Role"):
        lacking = {
            (key.name, need, resource.name)
            for resource, action in _let(assembly, permissions, role)
            for key in [key_of(assembly, resource)]
            if key is not None
            for need in _NEEDS[resource.type][action]
            if not permissions.may_use_key(
                arn_of(assembly, role), key, need, _context(assembly, key, resource)
            )
        }
        for key_name, need, resource_name in sorted(lacking):
            yield role.finding(
                "wiring.role-key",
                f"it may use {resource_name}, but not {need} with its key {key_name}: every call "
                "is refused; allow it, or leave the resource out",
            )


def _let(
    assembly: Assembly, permissions: Permissions, role: Resource
) -> Iterator[tuple[Resource, str]]:
    """The encrypted resources that a role's policies name, each with an action let on it."""
    for statement in permissions.statements(role):
        if statement.get("Effect") != "Allow":
            continue
        for pattern in texts(statement, "Resource"):
            resource = _named(assembly, pattern)
            for action in _NEEDS.get("" if resource is None else resource.type, {}):
                if resource is not None and names_action(statement, action):
                    yield resource, action


def _named(assembly: Assembly, pattern: str) -> Resource | None:
    """The resource that a pattern names; one that takes in any resource names none."""
    literal = pattern.split("*", 1)[0].split("?", 1)[0]
    return assembly.at(literal.rstrip("-/:"), *_NEEDS)


def _context(assembly: Assembly, key: Resource, resource: Resource) -> dict[str, str | None]:
    service = _SERVICES.get(resource.type)
    if service is None:
        return {}
    return {"kms:ViaService": f"{service}.{region_in(arn_of(assembly, key))}.amazonaws.com"}


RULES = (roles_may_use_keys,)
