"""Objects in an S3 bucket: list, read, write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from tidewatch.aws.clients import aws_client
from tidewatch.core.errors import DataError, Fault

_THREADS = 8
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class StoredObject:
    """An object as a listing shows it."""

    key: str
    size: int
    modified: datetime


class ObjectStore(Protocol):
    """What the jobs need of a bucket."""

    def under(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        """The objects whose keys start with `prefix` and sort behind `after`, by key."""

    def folders(self, prefix: str) -> list[str]:
        """The prefixes one level below `prefix`, which ends in a slash; so do they."""

    def read(self, key: str) -> bytes:
        """The object's bytes."""

    def write(self, key: str, body: bytes, content_type: str) -> None:
        """Writes the object whole, or not at all."""


class StreamingStore(ObjectStore, Protocol):
    """An `ObjectStore` whose objects need not fit into memory."""

    def chunks(self, key: str) -> Iterator[bytes]:
        """The object's bytes, piece by piece; no piece is empty."""


class Bucket:
    """A `StreamingStore` in S3; `owner`, where known, is the account the bucket must be in."""

    def __init__(self, name: str, owner: str | None = None) -> None:
        self.name = name
        self._s3: Any = aws_client("s3")
        self._whose = {"Bucket": name} | ({"ExpectedBucketOwner": owner} if owner else {})

    def under(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        """See `ObjectStore`."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            **self._whose, Prefix=prefix, StartAfter=after
        )
        for page in pages:
            for item in page.get("Contents", []):
                yield StoredObject(item["Key"], item["Size"], item["LastModified"])

    def folders(self, prefix: str) -> list[str]:
        """See `ObjectStore`."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            **self._whose, Prefix=prefix, Delimiter="/"
        )
        return [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])]

    def read(self, key: str) -> bytes:
        """See `ObjectStore`."""
        body: bytes = self._s3.get_object(**self._whose, Key=key)["Body"].read()
        return body

    def chunks(self, key: str) -> Iterator[bytes]:
        """See `StreamingStore`."""
        yield from self._s3.get_object(**self._whose, Key=key)["Body"].iter_chunks(_CHUNK_BYTES)

    def write(self, key: str, body: bytes, content_type: str) -> None:
        """See `ObjectStore`."""
        self._s3.put_object(**self._whose, Key=key, Body=body, ContentType=content_type)


def read_all(store: ObjectStore, objects: Iterable[StoredObject]) -> list[bytes]:
    """The bytes of every object, in order, fetched side by side."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda item: store.read(item.key), objects))


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of an `s3://` URI. Raises DataError for any other.

    >>> split_uri("s3://artifacts/flights/baseline.json")
    ('artifacts', 'flights/baseline.json')
    """
    parts = urlsplit(uri)
    key = parts.path.lstrip("/")
    if parts.scheme != "s3" or not parts.netloc or not key:
        raise DataError(Fault("an S3 address", repr(uri), "s3://<bucket>/<key>", "mend its source"))
    return parts.netloc, key
