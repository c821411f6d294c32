"""Tables that are already in memory: Arrow's, pandas', Polars'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

_ROWS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class TableSlice:
    """Some rows of a table."""

    where: str
    table: pa.Table

    @property
    def rows(self) -> int:
        """See `Chunk`."""
        return int(self.table.num_rows)

    @property
    def types(self) -> dict[str, pa.DataType]:
        """See `Chunk`."""
        return {field.name: field.type for field in self.table.schema}

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, pa.Array]]:
        """See `Chunk`."""
        for name in names:
            for piece in self.table.column(name).chunks:
                yield name, piece


def slices(table: pa.Table, where: str) -> list[TableSlice]:
    """The table in parts that several threads may count."""
    starts = range(0, table.num_rows, _ROWS_AT_ONCE) or [0]
    return [TableSlice(where, table.slice(start, _ROWS_AT_ONCE)) for start in starts]
