"""The data of SageMaker's jobs and models: what is read, written, and under which keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.reading import at, fields, mappings
from gate.wiring.requests import pattern_at
from gate.wiring.targets import object_arn
from gate.wiring.workloads import Workload

_VOLUME_KEYS = {"VolumeKmsKeyId"}
_OUTPUT_KEYS = {"OutputKmsKeyId", "KmsKeyId"}


def read(workload: Workload) -> Iterator[str]:
    """The ARN patterns of the objects that are read."""
    for uri in _uris(workload.request, _READERS):
        yield f"{object_arn(uri)}*"


def listed(workload: Workload) -> Iterator[str]:
    """The ARNs of the buckets whose prefixes are read."""
    for holder in _holders(workload.request, {"S3Input", "S3DataSource"}):
        uri = pattern_at(holder, "S3Uri")
        if uri.startswith("s3://") and at(holder, "S3DataType") == "S3Prefix":
            yield object_arn(uri).split("/", 1)[0]


def written(workload: Workload) -> Iterator[str]:
    """The ARN patterns of the objects that are written."""
    for uri in _uris(workload.request, _WRITERS):
        yield f"{object_arn(uri)}*"


def output_keys(workload: Workload) -> Iterator[str]:
    """The keys that outputs are encrypted with, as written in the request."""
    whole = workload.request.get("KmsKeyId") if workload.kind == "config" else None
    for key, value in fields(workload.request):
        if key in _OUTPUT_KEYS and isinstance(value, str) and value and value is not whole:
            yield value


def volume_keys(workload: Workload) -> Iterator[str]:
    """The keys of the volumes, for which the service needs a grant."""
    if workload.kind == "config":
        value = workload.request.get("KmsKeyId")
        if isinstance(value, str) and value:
            yield value
    for key, value in fields(workload.request):
        if key in _VOLUME_KEYS and isinstance(value, str) and value:
            yield value


_READERS = (("S3Input", "S3Uri"), ("S3DataSource", "S3Uri"), ("", "ModelDataUrl"))
_WRITERS = (
    ("S3Output", "S3Uri"),
    ("OutputDataConfig", "S3OutputPath"),
    ("CheckpointConfig", "S3Uri"),
    ("DataCaptureConfig", "DestinationS3Uri"),
)


def _uris(request: Mapping[str, Any], places: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for holder_key, key in places:
        holders = _holders(request, {holder_key}) if holder_key else _all(request)
        for holder in holders:
            if key in holder or f"{key}.$" in holder:
                uri = pattern_at(holder, key)
                if uri.startswith("s3://"):
                    yield uri


def _holders(request: Mapping[str, Any], keys: set[str]) -> Iterator[Mapping[str, Any]]:
    for key, value in fields(request):
        if key in keys:
            yield from mappings(value)


def _all(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield request
    for _, value in fields(request):
        yield from mappings(value)
