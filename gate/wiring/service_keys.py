"""Log groups, trails and access logs: their services may use the keys, and write."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import text
from gate.wiring.arns import account_in, arn_of, region_in
from gate.wiring.keys import key_at, key_lets, key_of
from gate.wiring.policies import Request, allows, service
from gate.wiring.resource_policies import ResourcePolicies
from gate.wiring.targets import bucket_behind

_LOGS_NEED = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
_ACCESS_LOGS = "logging.s3.amazonaws.com"
_CLOUDTRAIL = "cloudtrail.amazonaws.com"


def keys_let_log_groups(assembly: Assembly) -> Iterator[Finding]:
    """A log group whose key CloudWatch Logs may not use for it: it cannot be made."""
    for group in assembly.resources("AWS::Logs::LogGroup"):
        key = key_of(assembly, group)
        if key is None:
            continue
        arn = arn_of(assembly, group).removesuffix(":*")
        context = {"kms:EncryptionContext:aws:logs:arn": arn}
        regional = f"logs.{region_in(arn)}.amazonaws.com"
        if not any(
            all(key_lets(key, service(name), action, context) for action in _LOGS_NEED)
            for name in (regional, "logs.amazonaws.com")
        ):
            yield group.finding(
                "wiring.log-group-key",
                f"its key {key.name} does not let {regional} {', '.join(_LOGS_NEED)} for {arn}: "
                "the group cannot be made; allow it in the key's policy",
            )


def keys_let_trails(assembly: Assembly) -> Iterator[Finding]:
    """A trail whose key CloudTrail may not use."""
    for trail in assembly.resources("AWS::CloudTrail::Trail"):
        key = key_at(assembly, text(trail.properties, "KMSKeyId"))
        if key is not None and not key_lets(
            key, service(_CLOUDTRAIL), "kms:GenerateDataKey", _source(assembly, trail)
        ):
            yield trail.finding(
                "wiring.trail-key",
                f"its key {key.name} does not let {_CLOUDTRAIL} kms:GenerateDataKey*; allow it",
            )


def buckets_take_trails(assembly: Assembly) -> Iterator[Finding]:
    """A bucket whose policy keeps out the trail that is to be written there."""
    policies = ResourcePolicies(assembly)
    for trail in assembly.resources("AWS::CloudTrail::Trail"):
        bucket = bucket_behind(assembly, text(trail.properties, "S3BucketName"))
        if bucket is None:
            continue
        whole = arn_of(assembly, bucket)
        context = _source(assembly, trail)
        for action, resource in (("s3:GetBucketAcl", whole), ("s3:PutObject", f"{whole}/*")):
            asked = Request(action, resource, service(_CLOUDTRAIL), context)
            if not allows(policies.on(bucket), asked):
                yield trail.finding(
                    "wiring.trail-bucket",
                    f"the policy of {bucket.name} does not let {_CLOUDTRAIL} {action}; allow it",
                )


def buckets_take_access_logs(assembly: Assembly) -> Iterator[Finding]:
    """A bucket that keeps out the access logs that are to be written there."""
    policies = ResourcePolicies(assembly)
    for bucket in assembly.resources("AWS::S3::Bucket"):
        target = _log_bucket(assembly, bucket)
        if target is None:
            continue
        prefix = text(bucket.properties, "LoggingConfiguration", "LogFilePrefix")
        resource = f"{arn_of(assembly, target)}/{prefix}*"
        asked = Request("s3:PutObject", resource, service(_ACCESS_LOGS), _source(assembly, bucket))
        if text(target.properties, "AccessControl") != "LogDeliveryWrite" and not allows(
            policies.on(target), asked
        ):
            yield bucket.finding(
                "wiring.access-log-bucket",
                f"the policy of {target.name} does not let {_ACCESS_LOGS} s3:PutObject for this "
                "bucket: no access is logged; allow it",
            )


def keys_let_access_logs(assembly: Assembly) -> Iterator[Finding]:
    """A bucket for access logs whose key their service may not use."""
    for bucket in assembly.resources("AWS::S3::Bucket"):
        target = _log_bucket(assembly, bucket)
        key = None if target is None else key_of(assembly, target)
        if key is not None and not key_lets(
            key, service(_ACCESS_LOGS), "kms:GenerateDataKey", _source(assembly, bucket)
        ):
            yield bucket.finding(
                "wiring.access-log-key",
                f"its access logs go to a bucket under {key.name}, which does not let "
                f"{_ACCESS_LOGS} kms:GenerateDataKey: none arrives; use AES256 there, or allow it",
            )


def _log_bucket(assembly: Assembly, bucket: Resource) -> Resource | None:
    settings = bucket.properties.get("LoggingConfiguration")
    if not settings:
        return None
    name = text(settings, "DestinationBucketName")
    return bucket_behind(assembly, name) if name else bucket


def _source(assembly: Assembly, resource: Resource) -> dict[str, str | None]:
    arn = arn_of(assembly, resource)
    account = account_in(arn)
    known: dict[str, str | None] = {"aws:SourceArn": arn}
    return known | {"aws:SourceAccount": account} if account else known


RULES = (
    keys_let_log_groups,
    keys_let_trails,
    buckets_take_trails,
    buckets_take_access_logs,
    keys_let_access_logs,
)
