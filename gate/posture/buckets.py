"""Buckets: closed, versioned, owned, logged, and rid of what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.encryption import log_targets
from gate.posture.requirement import Requirement
from gate.reading import is_given, is_true, mappings, number, within

_BUCKET = "AWS::S3::Bucket"
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_WEEK = 7


def closed(assembly: Assembly) -> Iterator[Finding]:
    """All four blocks of public access are on, and no list of access opens the bucket."""
    for bucket in assembly.resources(_BUCKET, "AWS::S3::AccessPoint"):
        block = bucket.properties.get("PublicAccessBlockConfiguration")
        off = [name for name in _BLOCKS if not is_true(within(block, name))]
        if off:
            yield bucket.finding(
                "posture.bucket-public",
                f"public access is not blocked by {', '.join(off)}: set all four to true",
            )
        if str(bucket.properties.get("AccessControl", "")).startswith(("Public", "Authenticated")):
            yield bucket.finding("posture.bucket-public", "AccessControl opens it: leave it out")
        if is_given(bucket.properties.get("WebsiteConfiguration")):
            yield bucket.finding("posture.bucket-public", "it serves a website: leave that out")


def logged(assembly: Assembly) -> Iterator[Finding]:
    """Who read what is written down, in another bucket."""
    targets = log_targets(assembly)
    for bucket in assembly.resources(_BUCKET):
        destination = within(bucket.properties, "LoggingConfiguration.DestinationBucketName")
        target = assembly.at(destination)
        if target is not None and target.name == bucket.name:
            yield bucket.finding(
                "posture.bucket-access-log",
                "it logs into itself, without end: name another bucket",
            )
        elif not is_given(destination) and bucket.name not in targets:
            yield bucket.finding(
                "posture.bucket-access-log",
                "no LoggingConfiguration.DestinationBucketName: name a bucket for access logs",
            )


def tidied(assembly: Assembly) -> Iterator[Finding]:
    """Rules end broken uploads, and old versions where versions are kept."""
    for bucket in assembly.resources(_BUCKET):
        written = mappings(within(bucket.properties, "LifecycleConfiguration.Rules"))
        rules = [rule for rule in written if rule.get("Status") == "Enabled"]
        if not any(
            within(rule, "AbortIncompleteMultipartUpload.DaysAfterInitiation") for rule in rules
        ):
            yield bucket.finding(
                "posture.bucket-uploads",
                "broken uploads are paid for for ever: add an enabled rule with "
                "AbortIncompleteMultipartUpload",
            )
        if within(bucket.properties, "VersioningConfiguration.Status") == "Enabled" and not any(
            _ends_old_versions(rule) for rule in rules
        ):
            yield bucket.finding(
                "posture.bucket-old-versions",
                "old versions are kept for ever: add an enabled rule with "
                "NoncurrentVersionExpiration",
            )


def lifecycle_is_sane(assembly: Assembly) -> Iterator[Finding]:
    """No rule is switched off, moves objects after their end, or empties what is kept."""
    for bucket in assembly.resources(_BUCKET):
        for rule in mappings(within(bucket.properties, "LifecycleConfiguration.Rules")):
            for fault in _lifecycle_faults(bucket, rule):
                yield bucket.finding("posture.bucket-lifecycle", fault)


def _lifecycle_faults(bucket: Resource, rule: Mapping[str, Any]) -> Iterator[str]:
    end = number(rule.get("ExpirationInDays"))
    if rule.get("Status") == "Disabled":
        yield "a rule is Disabled: enable it, or leave it out"
    moves = [
        number(move.get("TransitionInDays")) or 0 for move in mappings(rule.get("Transitions"))
    ]
    if end is not None and any(move >= end for move in moves):
        yield f"objects move after they end, on day {end:g}: move them earlier"
    narrow = any(is_given(rule.get(key)) for key in ("Prefix", "TagFilters", "ObjectSizeLessThan"))
    kept = bucket.attributes.get("DeletionPolicy") == "Retain"
    if end is not None and end < _WEEK and kept and not narrow:
        yield f"the bucket is retained, yet emptied after {end:g} days: expire later, or a prefix"


def _ends_old_versions(rule: Mapping[str, Any]) -> bool:
    return is_given(rule.get("NoncurrentVersionExpiration")) or is_given(
        rule.get("NoncurrentVersionExpirationInDays")
    )


def _closed_to_lists(bucket: Resource) -> bool:
    # Log delivery to an older set-up needs lists of access, which this ownership has not.
    return bucket.properties.get("AccessControl") != "LogDeliveryWrite"


def owned(assembly: Assembly) -> Iterator[Finding]:
    """The bucket's owner owns what others write into it."""
    for bucket in assembly.resources(_BUCKET):
        rules = mappings(within(bucket.properties, "OwnershipControls.Rules"))
        owners = {rule.get("ObjectOwnership") for rule in rules}
        if _closed_to_lists(bucket) and owners != {"BucketOwnerEnforced"}:
            yield bucket.finding(
                "posture.bucket-ownership",
                "OwnershipControls is not BucketOwnerEnforced: objects that others write "
                "would stay theirs",
            )


RULES: tuple[Rule, ...] = (
    closed,
    logged,
    tidied,
    lifecycle_is_sane,
    owned,
    Requirement(
        "posture.bucket-versioned",
        _BUCKET,
        "VersioningConfiguration.Status",
        "an overwritten or deleted object is lost; set Enabled",
        holds=lambda value: value == "Enabled",
    ),
)
