"""A lifecycle rule for the results of queries takes nothing else away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_given, mappings, number, text
from gate.wiring.written_places import places

_BUCKET = "AWS::S3::Bucket"
_OUTPUT = ("WorkGroupConfiguration", "ResultConfiguration", "OutputLocation")
_NARROWED_BY = ("Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
# Results of queries are asked for once; what is kept for longer is kept on purpose.
_LONGEST = 92


def results_expire_alone(assembly: Assembly) -> Iterator[Finding]:
    """A short rule on all of a retained bucket in which not only results of queries lie."""
    results = list(_results(assembly))
    written = list(places(assembly)) if results else []
    for bucket, prefix in results:
        beside = sorted(
            {
                place.prefix
                for place in written
                if place.bucket is bucket and place.prefix and _is_beside(place.prefix, prefix)
            }
        )
        rules = mappings(bucket.properties, "LifecycleConfiguration", "Rules")
        retained = bucket.attributes.get("DeletionPolicy") == "Retain"
        for rule in rules if beside and retained else ():
            days = number(rule.get("ExpirationInDays"))
            if _is_on_all(rule) and days is not None and days <= _LONGEST:
                yield bucket.finding(
                    "wiring.lifecycle-neighbour",
                    f"all of it expires after {days:g} days: the results of queries below "
                    f"{prefix}, and what is written to {', '.join(beside)} too; name a Prefix",
                )


def _results(assembly: Assembly) -> Iterator[tuple[Resource, str]]:
    """The places in buckets of the assembly where the results of queries are left."""
    for group in assembly.resources("AWS::Athena::WorkGroup"):
        uri = text(group.properties, *_OUTPUT)
        bucket = assembly.at(uri, _BUCKET) if uri.startswith("s3://") else None
        prefix = uri.removeprefix("s3://").partition("/")[2].strip("/")
        if bucket is not None and prefix:
            yield bucket, f"{prefix}/"


def _is_beside(one: str, other: str) -> bool:
    return not one.startswith(other) and not other.startswith(one)


def _is_on_all(rule: Mapping[str, Any]) -> bool:
    narrow = any(is_given(rule.get(key)) for key in _NARROWED_BY)
    return rule.get("Status") == "Enabled" and not narrow


RULES = (results_expire_alone,)
