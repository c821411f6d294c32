"""Source objects: in which order, how many at a time, and how they are opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from tidewatch.aws.objects import StoredObject, StreamingStore, read_all

Open: TypeAlias = Callable[[], Iterator[bytes]]
"""Starts to read an object, from its first byte; it may be called again."""

_BATCH_BYTES = 32 * 1024 * 1024


def batches(objects: Iterable[StoredObject]) -> Iterator[list[StoredObject]]:
    """`objects` in their order, in lists that fit into memory, but for single large objects.

    No list is empty.
    """
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


def opened(store: StreamingStore, batch: Sequence[StoredObject]) -> list[tuple[StoredObject, Open]]:
    """The objects of a batch: fetched side by side, or one that is large piece by piece."""
    if len(batch) == 1 and batch[0].size > _BATCH_BYTES:
        return [(batch[0], partial(store.chunks, batch[0].key))]
    bodies = read_all(store, batch)
    return [(item, partial(_whole, body)) for item, body in zip(batch, bodies, strict=True)]


def _whole(body: bytes) -> Iterator[bytes]:
    if body:
        yield body
