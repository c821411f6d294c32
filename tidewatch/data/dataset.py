"""A table opened for reading: its files, their columns, and what could not be opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from tidewatch.core.errors import DataError, Fault
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.data.chunk import Chunk
from tidewatch.data.csv_chunks import CsvFile
from tidewatch.data.kinds import kind_of_text, kind_of_type
from tidewatch.data.location import Location, locate
from tidewatch.data.memory_chunks import slices
from tidewatch.data.parquet_chunks import row_groups
from tidewatch.data.quarantine import Quarantined, TableReason, gathered

_MAGIC = b"PAR1"


Table: TypeAlias = "str | Path | Any"
"""Where a table lies, or what `pa.table` takes: an Arrow table, a pandas or Polars frame."""


@dataclass
class Dataset:
    """The readable files of a table, or one in memory.

    `parts` can be read again and again, a column at a time; CSV files stream from their start.
    `quarantined` grows while `chunks` is read, and is complete at its end.
    """

    place: str
    parts: list[Chunk] = field(default_factory=list)
    csv: list[CsvFile] = field(default_factory=list)
    refused: list[Quarantined] = field(default_factory=list)

    def chunks(self) -> Iterator[Chunk]:
        """All parts, then all CSV files. One that breaks off is quarantined from there on."""
        yield from self.parts
        for file in self.csv:
            try:
                yield from file.blocks()
            except (OSError, pa.ArrowInvalid) as error:
                self.refused.append(_refusal(file.where, error, TableReason.CORRUPT_ROWS))

    def leave_out(self, chunk: Chunk) -> None:
        """Forgets a part that cannot be read."""
        self.parts.remove(chunk)

    @property
    def is_columnar(self) -> bool:
        """Whether one column can be read without the others."""
        return not self.csv

    @property
    def rows_at_least(self) -> int:
        """How many rows there are, but for those of CSV files, which only reading tells."""
        return sum(part.rows for part in self.parts)

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """What was left out so far, by file and reason."""
        rows = [item for file in self.csv for item in file.quarantined]
        return gathered([*self.refused, *rows])

    @property
    def columns(self) -> set[str]:
        """The columns that any file has."""
        names = {name for part in self.parts for name in part.types}
        return names | {name for file in self.csv for name in file.names}

    def kinds(self) -> dict[str, FeatureKind | None]:
        """What each column is, by the types of the first part, or by the first block of a CSV."""
        if self.parts:
            return {name: kind_of_type(found) for name, found in self.parts[0].types.items()}
        for file in self.csv:
            sample = CsvFile(file.filesystem, file.where, file.names)
            for block in sample.blocks():
                return {name: kind_of_text(block.table.column(name)) for name in file.names}
        return dict.fromkeys(self.columns)


def open_dataset(table: Table, name: str = "table") -> Dataset:
    """Opens a table: at a place (see `locate`), or in memory, where it is called `name`.

    A file that is half written, or no table at all, is quarantined. Raises DataError where no
    file can be opened.
    """
    if not isinstance(table, str | Path):
        return Dataset(name, list(slices(_in_memory(table), name)))
    place = str(table)
    location = locate(place)
    dataset = Dataset(place)
    faults: list[Fault] = []
    for path in location.files:
        try:
            _open(dataset, location, path)
        except (OSError, pa.ArrowInvalid) as error:
            refusal = _refusal(path, error, TableReason.UNREADABLE_FILE)
            dataset.refused.append(refusal)
            remedy = "write the file anew; a half-written one has lost its end"
            faults.append(Fault(path, refusal.detail, "a whole Parquet or CSV file", remedy))
    if len(faults) == len(location.files):
        raise DataError(*faults)
    return dataset


def _open(dataset: Dataset, location: Location, path: str) -> None:
    with location.filesystem.open_input_file(path) as source:
        is_parquet = path.endswith((".parquet", ".pq")) or source.read(len(_MAGIC)) == _MAGIC
    if is_parquet:
        dataset.parts.extend(row_groups(location.filesystem, path))
    else:
        dataset.csv.append(CsvFile.open(location.filesystem, path))


def _refusal(path: str, error: Exception, reason: TableReason) -> Quarantined:
    text = " ".join(str(error).split())
    return Quarantined(path, reason, None, text[:200])


def _in_memory(table: Any) -> pa.Table:
    try:
        return pa.table(table)
    except (TypeError, pa.ArrowInvalid) as error:
        expected = "a path, a URI, an Arrow table, or a pandas or Polars frame"
        found = f"{type(table).__name__} ({error})"
        raise DataError(Fault("a table", found, expected, "pass one of these")) from error
