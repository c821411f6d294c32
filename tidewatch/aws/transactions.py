"""Every application transaction of a Delta table, read at once.

Delta keeps them to make writers idempotent: a commit that adds rows also says, atomically, on
whose behalf. The library looks up one identifier at a time and replays the whole log for each;
a job that asks about hundreds of source objects reads the log once, here, as the protocol
describes it (`txn` actions, latest version of an identifier wins).

Source: https://github.com/delta-io/delta/blob/master/PROTOCOL.md, "Transaction Identifiers".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import FileType, PyFileSystem

from tidewatch.core.errors import DataError, Fault

_THREADS = 8
_POINTER = "_delta_log/_last_checkpoint"


def with_transactions(uri: str) -> tuple[DeltaTable, dict[str, int]]:
    """The table at `uri` as it is now, and each identifier's last version in that very state."""
    files = PyFileSystem(DeltaStorageHandler(uri))
    # The pointer is read first, so that it cannot lie ahead of the table.
    checkpoint = _last_checkpoint(files, uri)
    table = DeltaTable(uri)
    found: dict[str, int] = {}
    if checkpoint >= 0:
        found.update(_of_checkpoint(files, checkpoint))
    commits = range(checkpoint + 1, table.version() + 1)
    with ThreadPoolExecutor(_THREADS) as pool:
        for transactions in pool.map(lambda version: _of_commit(files, version), commits):
            found.update(transactions)
    return table, found


def _last_checkpoint(files: PyFileSystem, uri: str) -> int:
    """The version of the last checkpoint, or -1."""
    if files.get_file_info(_POINTER).type is FileType.NotFound:
        return -1
    with files.open_input_stream(_POINTER) as source:
        pointer = json.loads(source.read())
    if pointer.get("parts") or pointer.get("v2Checkpoint"):
        raise DataError(
            Fault(
                where=f"{uri}/{_POINTER}",
                found=json.dumps(pointer),
                expected="a checkpoint in one file, as Tidewatch's own writers make it",
                remedy="find out which other program writes this table",
            )
        )
    return int(pointer["version"])


def _of_checkpoint(files: PyFileSystem, version: int) -> dict[str, int]:
    with files.open_input_file(f"_delta_log/{version:020d}.checkpoint.parquet") as source:
        column = pq.ParquetFile(source).read(columns=["txn"])["txn"]
    return _latest(column.drop_null().to_pylist())


def _of_commit(files: PyFileSystem, version: int) -> dict[str, int]:
    with files.open_input_stream(f"_delta_log/{version:020d}.json") as source:
        lines = source.read().splitlines()
    actions = (json.loads(line) for line in lines if b'"txn"' in line)
    return _latest(action["txn"] for action in actions if "txn" in action)


def _latest(transactions: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return {item["appId"]: item["version"] for item in transactions if item["appId"] is not None}
