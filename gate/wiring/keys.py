"""Which key encrypts a resource, and who may use it."""

from __future__ import annotations

from collections.abc import Mapping

from gate.assembly import Assembly, Resource
from gate.reading import at, mappings, text
from gate.wiring.policies import Principal, Request, allows, delegates, denies, statements_of

_KEY_PROPERTY: Mapping[str, tuple[str, ...]] = {
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::Kinesis::Stream": ("StreamEncryption", "KeyId"),
}
_KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_DEFAULT_POLICY = {
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "kms:*",
    "Resource": "*",
}


def key_value(resource: Resource) -> str:
    """The key that a resource names in whatever form, or an empty string."""
    if resource.type == "AWS::S3::Bucket":
        return _bucket_key(resource)
    path = _KEY_PROPERTY.get(resource.type)
    return text(resource.properties, *path) if path else ""


def _bucket_key(bucket: Resource) -> str:
    path = ("BucketEncryption", "ServerSideEncryptionConfiguration")
    for rule in mappings(bucket.properties, *path):
        default = at(rule, "ServerSideEncryptionByDefault")
        if text(default, "SSEAlgorithm").startswith("aws:kms"):
            return text(default, "KMSMasterKeyID")
    return ""


def key_of(assembly: Assembly, resource: Resource) -> Resource | None:
    """The key of the assembly that encrypts a resource."""
    return key_at(assembly, key_value(resource))


def key_at(assembly: Assembly, value: str) -> Resource | None:
    """The key that an ARN, an id or an alias stands for."""
    if "alias/" in value:
        alias = assembly.at(value[value.index("alias/") :], "AWS::KMS::Alias")
        value = "" if alias is None else text(alias.properties, "TargetKeyId")
    return assembly.at(value, *_KEYS)


def key_lets(
    key: Resource, principal: Principal, action: str, context: Mapping[str, str | None]
) -> bool:
    """Whether the key's own policy lets a principal do it."""
    return allows(_policy(key), Request(action, "*", principal, context))


def key_leaves_to_roles(key: Resource, principal: Principal, action: str) -> bool:
    """Whether the key's policy leaves it to the policies of the account's roles."""
    request = Request(action, "*", principal)
    return not denies(_policy(key), request) and delegates(_policy(key), request)


def _policy(key: Resource) -> tuple[Mapping[str, object], ...]:
    if "KeyPolicy" not in key.properties:  # what KMS then gives it leaves all to IAM
        return ({**_DEFAULT_POLICY},)
    return statements_of(key.properties["KeyPolicy"])
