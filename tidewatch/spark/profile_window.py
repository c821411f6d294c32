"""A planned window on Spark: the part that one machine, or all shards together, would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from tidewatch.core.window import Window
from tidewatch.monitoring.shards.plan import Plan, PlannedWindow
from tidewatch.monitoring.shards.planned_baselines import PlannedBaselines
from tidewatch.monitoring.shards.window_part import WindowPart, merge_parts, profile_part
from tidewatch.spark.profile_table import DOCUMENT, MOST_TASKS, packed, unpacked

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def planned_rows(spark: SparkSession, plan: Plan, window: PlannedWindow) -> DataFrame:
    """The rows of the window's files, which the plan took from the Delta table's log.

    So Spark reads plain Parquet, needs no Delta library, and does not see the table's dead files.
    """
    schema = ", ".join(f"`{name}` {kind}" for name, kind in plan.columns.items())
    paths = [f"{plan.table}/{file.path}" for file in window.files]
    rows = spark.read.schema(schema).option("basePath", plan.table).parquet(*paths)
    return rows.select(*(f"`{name}`" for name in plan.columns))


def profile_window_table(
    rows: DataFrame, window: Window, baselines: PlannedBaselines
) -> WindowPart:
    """The rows of `rows` that lie in `window`, profiled per subject over its baseline."""
    shared = rows.sparkSession.sparkContext.broadcast(baselines)

    def kernel(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield packed(profile_part(batches, window, shared.value.of).to_json())

    documents = rows.coalesce(MOST_TASKS).mapInArrow(kernel, DOCUMENT).collect()
    return merge_parts(
        WindowPart.from_json(unpacked(row.document), baselines.of) for row in documents
    )
