"""A table lies where somebody writes."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import text
from gate.wiring.arns import arn_of
from gate.wiring.permissions import permissions_of
from gate.wiring.targets import object_arn
from gate.wiring.written_places import Place, places

_BUCKET = "AWS::S3::Bucket"
_ALMOST = 0.85


def tables_lie_where_somebody_writes(assembly: Assembly) -> Iterator[Finding]:
    """A table at a place where no role may write, beside one without a table where some may."""
    tables = list(_located(assembly))
    if not tables:
        return
    bare = [place for place in places(assembly) if place.prefix and not _has_table(place, tables)]
    for table, bucket, key in tables:
        near = next((place for place in bare if _is_nearly(place, bucket, key)), None)
        if near is not None and not _is_written(assembly, bucket, key):
            yield table.finding(
                "wiring.table-location",
                f"it lies in {bucket.name} at {key}, where no role may write, while "
                f"{near.role.name} writes to {near.prefix} in {near.bucket.name}, which no table "
                "shows: queries find nothing; mend the location",
            )


def _located(assembly: Assembly) -> Iterator[tuple[Resource, Resource, str]]:
    """The tables in buckets of the assembly, with the bucket and what their keys start with."""
    for table in assembly.resources("AWS::Glue::Table"):
        uri = text(table.properties, "TableInput", "StorageDescriptor", "Location")
        bucket = assembly.at(uri, _BUCKET) if uri.startswith("s3://") else None
        key = uri.removeprefix("s3://").partition("/")[2].strip("/")
        if bucket is not None and key:
            yield table, bucket, f"{key}/"


def _has_table(place: Place, tables: list[tuple[Resource, Resource, str]]) -> bool:
    return any(
        bucket is place.bucket and (key.startswith(place.prefix) or place.prefix.startswith(key))
        for _, bucket, key in tables
    )


def _is_nearly(place: Place, bucket: Resource, key: str) -> bool:
    """Whether a place has nearly the same key in the same bucket, or the same key in another."""
    if place.bucket is not bucket:
        return place.prefix == key
    return SequenceMatcher(None, place.prefix, key).ratio() >= _ALMOST


def _is_written(assembly: Assembly, bucket: Resource, key: str) -> bool:
    permissions = permissions_of(assembly)
    name = arn_of(assembly, bucket).rsplit(":", 1)[-1]
    objects = f"{object_arn(name)}/{key}*"
    return any(
        permissions.may(arn_of(assembly, role), "s3:PutObject", objects)
        for role in assembly.resources("AWS::IAM::Role")
    )


RULES = (tables_lie_where_somebody_writes,)
