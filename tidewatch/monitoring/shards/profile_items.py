"""Carries out a share of a plan on one machine, with all of its cores."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import pyarrow as pa
from pyarrow.fs import FileSystem

from tidewatch.aws.file_rows import file_rows, files_of
from tidewatch.core.window import Window
from tidewatch.monitoring.shards.plan import WorkItem, balanced
from tidewatch.monitoring.shards.planned_baselines import PlannedBaselines
from tidewatch.monitoring.shards.window_part import WindowPart, merge_parts, profile_part

_CODED = pa.dictionary(pa.int32(), pa.string())
_SUBJECT = {"version", "variant"}
_TYPES = {"string": pa.string(), "double": pa.float64(), "timestamp": pa.timestamp("us", "UTC")}


@dataclass(frozen=True)
class Work:
    """Files to be profiled, and all that takes: it can be sent to another process."""

    table: str
    columns: Mapping[str, str]
    items: tuple[WorkItem, ...]
    baselines: PlannedBaselines


def schema_of(columns: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema of a plan's columns."""
    return pa.schema(
        [
            (name, _CODED if kind == "string" and name not in _SUBJECT else _TYPES[kind])
            for name, kind in columns.items()
        ]
    )


def profile_items(work: Work, processes: int | None = None) -> dict[Window, WindowPart]:
    """A part of each window, from the rows of the files in `work`.

    Each core works in a process of its own. Memory does not grow with the rows: a process holds
    a batch of rows and what Parquet keeps of a row group.
    """
    count = min(processes or cores(), len(work.items))
    if count <= 1:
        return _profile(work)
    works = [replace(work, items=tuple(items)) for items in balanced(work.items, count)]
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        return _joined(work, pool.map(_profiled_apart, works))


def _profile(work: Work) -> dict[Window, WindowPart]:
    files = files_of(work.table)
    return {
        window: profile_part(_rows(files, work, window), window, work.baselines.of)
        for window in sorted({item.window for item in work.items})
    }


def _rows(files: FileSystem, work: Work, window: Window) -> Iterator[pa.RecordBatch]:
    schema = schema_of(work.columns)
    for item in work.items:
        if item.window == window:
            yield from file_rows(files, item.file, schema)


def _profiled_apart(work: Work) -> dict[Window, bytes]:
    """What a process sends back: documents, for profiles would bring their baselines along."""
    return {window: part.to_json() for window, part in _profile(work).items()}


def _joined(work: Work, found: Iterable[Mapping[Window, bytes]]) -> dict[Window, WindowPart]:
    whole: dict[Window, WindowPart] = {}
    for documents in found:
        for window, document in documents.items():
            part = WindowPart.from_json(document, work.baselines.of)
            whole[window] = merge_parts([whole.get(window, WindowPart()), part])
    return whole


def cores() -> int:
    """How many processes may run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
