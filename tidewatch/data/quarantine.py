"""What could not be used of a table: counted, with its reason and its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class TableReason(StrEnum):
    """One word for what is wrong; a closed list."""

    NOT_A_NUMBER = "not_a_number"
    NOT_UTF8 = "not_utf8"
    WRONG_TYPE = "wrong_type"
    COLUMN_COUNT = "column_count"
    CORRUPT_ROWS = "corrupt_rows"
    UNREADABLE_FILE = "unreadable_file"


@dataclass(frozen=True)
class Quarantined:
    """Rows of one file that were left out for one reason.

    `rows` is None where the file does not say how many there are. `detail` shows an example.
    """

    where: str
    reason: TableReason
    rows: int | None
    detail: str

    def as_dict(self) -> dict[str, str | int | None]:
        """For JSON."""
        return {
            "where": self.where,
            "reason": self.reason.value,
            "rows": self.rows,
            "detail": self.detail,
        }


def gathered(quarantined: Iterable[Quarantined]) -> tuple[Quarantined, ...]:
    """One entry a file and reason, with the rows of all; in the order they were first met."""
    found: dict[tuple[str, TableReason], Quarantined] = {}
    for item in quarantined:
        key = item.where, item.reason
        known = found.get(key, item)
        rows = item.rows
        if known is not item:
            rows = None if rows is None or known.rows is None else rows + known.rows
        found[key] = Quarantined(item.where, item.reason, rows, known.detail)
    return tuple(found.values())


def rows_in(quarantined: Iterable[Quarantined]) -> int:
    """How many rows were left out, as far as the files say."""
    return sum(item.rows or 0 for item in quarantined)
