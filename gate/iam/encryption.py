"""The calls to KMS that AWS makes under a role's name, because what it calls is encrypted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.iam.evidence import Call
from gate.iam.granted import place_of
from gate.reading import listed

_PLACE = re.compile(r"\{([\w-]+\.\w+)\}")
_READS = ("kms:Decrypt",)
# An upload in parts, and a message, are read again where they are encrypted.
_WRITES = ("kms:Decrypt", "kms:GenerateDataKey")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "s3:GetObject": _READS,
    "s3:PutObject": _WRITES,
    "sns:Publish": _WRITES,
    "sqs:SendMessage": _WRITES,
    "secretsmanager:GetSecretValue": _READS,
}
_KEY_ARN = "arn:aws:kms:{region}:{account}:key/"


def keys_of(assembly: Assembly, stage: str) -> Mapping[str, str]:
    """The ARN of the key that encrypts each place, such as `storage.Raw`."""
    return {
        place_of(resource, stage).replace("/", "."): _KEY_ARN
        + f"{{{place_of(key, stage).replace('/', '.')}}}"
        for resource in assembly.resources(
            "AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"
        )
        for key in _keys(assembly, resource)
    }


def implied(calls: Iterable[Call], keys: Mapping[str, str]) -> frozenset[Call]:
    """What the calls need of the keys."""
    return frozenset(
        Call(action, keys[place])
        for call in calls
        for place in _PLACE.findall(call.resource)
        if place in keys
        for action in _NEEDED.get(call.action, ())
    )


def _keys(assembly: Assembly, resource: Resource) -> Iterator[Resource]:
    for value in _named(resource.properties):
        key = assembly.at(value, "AWS::KMS::Key")
        if key is not None:
            yield key


def _named(properties: Mapping[str, Any]) -> Iterator[object]:
    yield properties.get("KmsMasterKeyId")
    yield properties.get("KmsKeyId")
    encryption = properties.get("BucketEncryption")
    if isinstance(encryption, Mapping):
        for rule in listed(encryption.get("ServerSideEncryptionConfiguration")):
            by_default = rule.get("ServerSideEncryptionByDefault", {})
            yield by_default.get("KMSMasterKeyID")
