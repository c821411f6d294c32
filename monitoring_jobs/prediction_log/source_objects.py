"""Source objects: in which order, how many at a time, and how they become lines."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from tidewatch.aws.objects import StoredObject

_BATCH_BYTES = 32 * 1024 * 1024
_MAX_UNPACKED = 512 * 1024 * 1024
_GZIP = b"\x1f\x8b"


class UnreadableObjectError(Exception):
    """An object whose lines cannot be told apart at all."""


def batches(objects: Iterable[StoredObject]) -> Iterator[list[StoredObject]]:
    """`objects` in their order, in lists that fit into memory; never an empty list."""
    batch: list[StoredObject] = []
    size = 0
    for item in objects:
        if batch and size + item.size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch


def numbered_lines(body: bytes) -> list[tuple[int, bytes]]:
    """The lines that are not blank, numbered from 1. Raises UnreadableObjectError."""
    text = _unpacked(body) if body.startswith(_GZIP) else body
    lines = enumerate(text.split(b"\n"), start=1)
    return [(number, line) for number, line in lines if line.strip()]


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = unpacker.decompress(body, _MAX_UNPACKED)
    except zlib.error as error:
        raise UnreadableObjectError(f"broken gzip: {error}") from error
    if unpacker.unconsumed_tail:
        raise UnreadableObjectError(f"gzip that unpacks to more than {_MAX_UNPACKED} bytes")
    if not unpacker.eof:
        raise UnreadableObjectError("truncated gzip")
    return text
