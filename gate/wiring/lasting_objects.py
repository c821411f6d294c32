"""No lifecycle rule takes away what is still named: by a table's log, a model's version, a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import fields, is_given, mapping, mappings, number, text
from gate.wiring.requests import pattern_at
from gate.wiring.workloads import Workload, workloads

_BUCKET = "AWS::S3::Bucket"
_TRACKING = ("AWS::SageMaker::MlflowApp", "AWS::SageMaker::MlflowTrackingServer")
# Formats of tables whose own log says which objects they consist of.
_FORMATS = ("delta", "iceberg", "hudi")
_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
# A rule that ends objects after ten years says that they are to last.
_FOR_GOOD = 3650
_OF_PARTS = ("TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


def named_objects_last(assembly: Assembly) -> Iterator[Finding]:
    """Objects of tables with a log, of models and of runs neither expire nor are put away."""
    kept = list(_kept(assembly))
    for bucket in assembly.resources(_BUCKET):
        for rule in mappings(bucket.properties, "LifecycleConfiguration", "Rules"):
            fate = _fate(rule)
            prefix = text(rule, "Prefix")
            for what, uri, consequence in kept if fate else ():
                if assembly.at(uri, _BUCKET) is bucket and _below(uri).startswith(prefix):
                    yield bucket.finding(
                        "wiring.named-objects",
                        f"a rule lets objects {fate} that {what} names, below "
                        f"{_below(uri) or '/'}: {consequence}; leave them out of the rule",
                    )
                    break


def _fate(rule: Mapping[str, Any]) -> str:
    """What becomes of current objects under a rule; empty where nothing that hurts."""
    if rule.get("Status") != "Enabled" or any(is_given(rule.get(key)) for key in _OF_PARTS):
        return ""
    days = number(rule.get("ExpirationInDays"))
    if days is not None and days < _FOR_GOOD:
        return f"expire after {days:g} days"
    if is_given(rule.get("ExpirationDate")):
        return "expire on a day"
    moves = [*mappings(rule.get("Transitions")), *mappings(rule.get("Transition"))]
    archive = next((m["StorageClass"] for m in moves if m.get("StorageClass") in _ARCHIVES), "")
    return f"go to {archive}, where nobody reads them," if archive else ""


def _kept(assembly: Assembly) -> Iterator[tuple[str, str, str]]:
    """What names objects, where, and what comes of it when they are gone."""
    for table in assembly.resources("AWS::Glue::Table"):
        location = text(table.properties, "TableInput", "StorageDescriptor", "Location")
        if location.startswith("s3://") and _has_a_log(table):
            yield table.name, location, "its log goes on naming them, and queries fail"
    for server in assembly.resources(*_TRACKING):
        store = text(server.properties, "ArtifactStoreUri")
        if store.startswith("s3://"):
            yield server.name, store, "runs are left without what they logged"
    found = list(workloads(assembly))
    group = next(assembly.resources("AWS::SageMaker::ModelPackageGroup"), None)
    if group is not None or any(workload.kind == "model" for workload in found):
        for workload in found:
            for uri in _models(workload):
                yield workload.owner.name, uri, "a version can no longer be put in service"


def _has_a_log(table: Resource) -> bool:
    table_input = mapping(table.properties.get("TableInput"))
    said = mapping(table_input.get("Parameters"))
    words = [str(said.get(key)).lower() for key in ("table_type", "classification")]
    words.append(str(said.get("spark.sql.sources.provider")).lower())
    hudi = "hudi" in text(table_input, "StorageDescriptor", "InputFormat").lower()
    open_format = is_given(table.properties.get("OpenTableFormatInput"))
    return hudi or open_format or any(word in _FORMATS for word in words)


def _models(workload: Workload) -> Iterator[str]:
    """Where models lie: as training writes them, and as a model reads them."""
    for key, value in (("", workload.request), *fields(workload.request)):
        for holder in mappings(value):
            if workload.kind == "training" and key == "OutputDataConfig":
                yield from _known(pattern_at(holder, "S3OutputPath"))
            if workload.kind == "model":
                yield from _known(pattern_at(holder, "ModelDataUrl"))
            if workload.kind == "model" and key == "S3DataSource":
                yield from _known(pattern_at(holder, "S3Uri"))


def _known(uri: str) -> Iterator[str]:
    if uri.startswith("s3://"):
        yield uri


def _below(uri: str) -> str:
    """What the keys of its objects start with, as far as that is known before a run."""
    key = uri.removeprefix("s3://").partition("/")[2]
    known, wildcard, _ = key.partition("*")
    return known if wildcard or not known else f"{known.rstrip('/')}/"


RULES = (named_objects_last,)
