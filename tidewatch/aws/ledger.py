"""Commits to a Delta table that carry marks: rows and the note that they are there, atomically.

A mark is an application transaction: an identifier and a number. Two writers that build on the
same state and set the same mark conflict, and the second is refused (`CommitFailedError`): it must
look again at what is left to do. So a mark set with the rows it speaks of makes a step happen once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError

_ATTEMPTS = 12

T = TypeVar("T")


def append(table: DeltaTable, rows: pa.Table, marks: Mapping[str, int]) -> None:
    """Adds `rows` and sets `marks` in one commit; either may be empty.

    Columns of the table that `rows` lacks are null. Raises CommitFailedError on a conflict.
    """
    write_deltalake(table, _aligned(table, rows), mode="append", commit_properties=_with(marks))


def replace(table: DeltaTable, rows: pa.Table, predicate: str, marks: Mapping[str, int]) -> None:
    """Puts `rows`, which satisfy `predicate`, in the place of all rows that satisfy it."""
    write_deltalake(
        table,
        _aligned(table, rows),
        mode="overwrite",
        predicate=predicate,
        commit_properties=_with(marks),
    )


def mark(table: DeltaTable, marks: Mapping[str, int]) -> None:
    """Sets `marks`, with no rows."""
    table.create_write_transaction([], "append", table.schema(), commit_properties=_with(marks))


def until_no_conflict(step: Callable[[], T], refresh: Callable[[], None]) -> T:
    """The result of `step`, run again after `refresh` while other writers get in between.

    `refresh` reads the state again, so that `step` sees what the other writer did.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return step()
        except CommitFailedError:
            refresh()
    return step()


def _with(marks: Mapping[str, int]) -> CommitProperties:
    return CommitProperties(
        app_transactions=[Transaction(name, version) for name, version in marks.items()]
    )


def _aligned(table: DeltaTable, rows: pa.Table) -> pa.Table:
    names = [field.name for field in table.schema().fields]
    missing = [
        field
        for field in pa.schema(table.schema().to_arrow())
        if field.name not in rows.schema.names
    ]
    for field in missing:
        rows = rows.append_column(pa.field(field.name, field.type), pa.nulls(len(rows), field.type))
    return rows.select(names)
