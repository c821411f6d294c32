"""S3 in memory: the few calls that jobs and captures make."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any


class FakeS3:
    """Objects by bucket and key."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.refuses: Exception | None = None

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803
        if self.refuses:
            raise self.refuses
        self.objects[Bucket, Key] = Body

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": _Body(self.objects[Bucket, Key])}

    def upload_file(self, name: str, bucket: str, key: str) -> None:
        with open(name, "rb") as stream:  # noqa: PTH123 - boto3's signature takes a name
            self.objects[bucket, key] = stream.read()

    def get_paginator(self, _: str) -> FakeS3:
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        keys = [key for bucket, key in self.objects if bucket == Bucket and key.startswith(Prefix)]
        yield {"Contents": [{"Key": key} for key in keys]} if keys else {}


class _Body(io.BytesIO):
    def iter_chunks(self, size: int) -> Iterator[bytes]:
        while chunk := self.read(size):
            yield chunk
