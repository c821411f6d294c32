"""The profile of a Spark table."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING

import pyarrow as pa

from tidewatch.core.profile import Profile, merge, profile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_TASKS = 256
"""Every task sends back one document, which the driver merges: that many it holds with ease."""

DOCUMENT = "document binary"


def profile_table(table: DataFrame, edges_from: Profile) -> Profile:
    """The profile of `table` over the bins of `edges_from`: what `profile` gives for its rows.

    Counts are equal to the last row, sums and moments to rounding, for it is the same kernel,
    and merging is exact. Raises DataError as `profile` does, within Spark's own error.
    """
    edges = table.sparkSession.sparkContext.broadcast(profile([], edges_from).to_json())

    def kernel(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield packed(profile(batches, Profile.from_json(edges.value)).to_json())

    columns = table.select(*(f"`{name}`" for name in edges_from.features)).coalesce(MOST_TASKS)
    rows = columns.mapInArrow(kernel, DOCUMENT).collect()
    found = (Profile.from_json(unpacked(row.document)) for row in rows)
    return reduce(merge, found, profile([], edges_from))


def packed(document: bytes) -> pa.RecordBatch:
    """A document on its way to the driver: one row, one column."""
    return pa.record_batch({"document": pa.array([zlib.compress(document, 1)], pa.binary())})


def unpacked(column: bytes | bytearray) -> bytes:
    """The inverse of `packed`."""
    return zlib.decompress(bytes(column))
