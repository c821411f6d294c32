"""A part of a table that is read, checked and counted by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import pyarrow as pa


class Chunk(Protocol):
    """Some rows of one file, whose columns can be read each by itself.

    `where` names the file. Reading may raise `OSError` or `pa.ArrowInvalid`: then the rows are
    corrupt.
    """

    @property
    def where(self) -> str:
        """The file."""

    @property
    def rows(self) -> int:
        """How many rows it holds."""

    @property
    def types(self) -> dict[str, pa.DataType]:
        """The columns that it has, with their types as they will be read."""

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, pa.Array]]:
        """The columns' values, one column after the other, in pieces of bounded size."""
