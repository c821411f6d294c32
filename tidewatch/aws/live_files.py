"""The files of a Delta table that may hold a window's rows, from its log alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from tidewatch.core.errors import DataError, Fault
from tidewatch.core.live_file import LiveFile
from tidewatch.core.window import Window

# Some writers cut the statistics of times down to milliseconds: a maximum may lie a little higher.
_CUT = timedelta(milliseconds=1)


def live_files(table: DeltaTable, window: Window) -> list[LiveFile]:
    """The files whose event times reach into `window`, by path.

    Raises DataError where rows of a file may be deleted without the file being replaced, and
    where a file's number of rows is not known: then nobody could tell that all were read.
    """
    _require_whole_files(table)
    return sorted(_live_file(table, action) for action in _reaching(table, window).to_pylist())


def _reaching(table: DeltaTable, window: Window) -> pa.Table:
    """What the log says of the files; one without statistics may hold anything."""
    actions = pa.table(table.get_add_actions(flatten=True))
    for name, outside, bound in (
        ("min.event_time", pc.greater_equal, window.end),
        ("max.event_time", pc.less, window.start - _CUT),
    ):
        if name in actions.column_names:
            actions = actions.filter(pc.invert(pc.fill_null(outside(actions[name], bound), False)))
    return actions.select(["path", "num_records"])


def _live_file(table: DeltaTable, action: Mapping[str, Any]) -> LiveFile:
    # The log holds paths as parts of a URI.
    path = unquote(action["path"])
    if action["num_records"] is None:
        raise DataError(
            Fault(
                where=f"{table.table_uri}: {path}",
                found="a file without a number of rows in the table's log",
                expected="statistics, as Tidewatch's own writers make them",
                remedy="find out which other program writes this table, and let it write them",
            )
        )
    return LiveFile(path, int(action["num_records"]))


def foreign_features(table: DeltaTable) -> list[str]:
    """The table's features by which its files are not to be read as they are: usually none."""
    features = table.protocol().reader_features or []
    return sorted({"deletionVectors", "columnMapping"} & set(features))


def _require_whole_files(table: DeltaTable) -> None:
    if foreign := foreign_features(table):
        raise DataError(
            Fault(
                where=table.table_uri,
                found=f"the table feature {', '.join(foreign)}",
                expected="a table whose files are read as they are",
                remedy="set the model's monitoring engine to 'job', or rewrite the table",
            )
        )
