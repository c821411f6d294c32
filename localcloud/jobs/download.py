"""Inputs of a job: S3 objects into folders of its containers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.clients import split_s3
from tidewatch.core.errors import Fault, TidewatchError

CHUNK = 1 << 20
SHARDED = "ShardedByS3Key"


class DownloadError(TidewatchError):
    """An input of a job is not there, or cannot be laid out in a folder."""


@dataclass(frozen=True)
class Source:
    """Where an input comes from.

    `kind` is S3Prefix or ManifestFile; `distribution` is FullyReplicated or ShardedByS3Key.
    """

    uri: str
    kind: str = "S3Prefix"
    distribution: str = "FullyReplicated"


@dataclass(frozen=True)
class Item:
    """One S3 object, and its name below the input's folder."""

    bucket: str
    key: str
    name: str


@dataclass(frozen=True)
class Share:
    """Which part of sharded inputs an instance gets: every `of`-th object, from `index` on."""

    index: int
    of: int


def fetch(s3: Any, source: Source, folder: Path, share: Share) -> None:
    """Download an input into a folder. DownloadError where it holds nothing at all."""
    items = list_items(s3, source)
    if not items:
        raise DownloadError(
            Fault(
                where=f"input {source.uri}",
                found="No S3 objects found under this S3 URL",
                expected="at least one object",
                remedy="check the bucket, the prefix and the region",
            )
        )
    mine = items[share.index :: share.of] if source.distribution == SHARDED else items
    folder.mkdir(parents=True, exist_ok=True)
    for item in mine:
        _fetch_one(s3, item, folder)


def list_items(s3: Any, source: Source) -> list[Item]:
    """Every object of an input, by key (a manifest: in its own order)."""
    if source.kind == "ManifestFile":
        return _manifest(s3, source.uri)
    bucket, prefix = split_s3(source.uri)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    return [
        Item(bucket, key, name_below(prefix, key)) for key in sorted(keys) if not key.endswith("/")
    ]


def name_below(prefix: str, key: str) -> str:
    """The name of an object in an input's folder.

    A prefix is a folder where the key goes on with a slash; else its last part begins a name.

    >>> name_below("data/train", "data/train/a/b.csv"), name_below("data/tr", "data/train.csv")
    ('a/b.csv', 'train.csv')
    """
    rest = key[len(prefix) :]
    if prefix.endswith("/") or rest.startswith("/") or not prefix:
        return rest.lstrip("/")
    return key[prefix.rfind("/") + 1 :]


def _manifest(s3: Any, uri: str) -> list[Item]:
    """A manifest is a list: an object with the prefix, then names below it."""
    bucket, key = split_s3(uri)
    document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    if not (isinstance(document, list) and document and "prefix" in document[0]):
        raise DownloadError(
            Fault(
                where=f"manifest {uri}",
                found=str(document)[:100],
                expected='[{"prefix": "s3://<bucket>/<folder>/"}, "<name>", ...]',
                remedy="write the manifest in this form",
            )
        )
    target, prefix = split_s3(document[0]["prefix"])
    return [Item(target, prefix + name, name) for name in document[1:]]


def _fetch_one(s3: Any, item: Item, folder: Path) -> None:
    target = (folder / item.name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise DownloadError(
            Fault(
                where=f"s3://{item.bucket}/{item.key}",
                found="a key that leads out of the input's folder",
                expected="a key without '..'",
                remedy="rename the object",
            )
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    body = s3.get_object(Bucket=item.bucket, Key=item.key)["Body"]
    with target.open("wb") as stream:
        for chunk in body.iter_chunks(CHUNK):
            stream.write(chunk)
