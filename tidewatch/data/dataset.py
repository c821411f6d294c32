"""A table opened for reading: its files, their columns, and what could not be opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from tidewatch.core.errors import DataError, Fault
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.data.chunk import Chunk
from tidewatch.data.csv_chunks import CsvFile
from tidewatch.data.kinds import kind_of_text, kind_of_type
from tidewatch.data.location import Location, locate
from tidewatch.data.parquet_chunks import RowGroup, row_groups
from tidewatch.data.quarantine import Quarantined, TableReason, gathered

_MAGIC = b"PAR1"


@dataclass
class Dataset:
    """The readable files of a table.

    `quarantined` grows while `chunks` is read, and is complete at its end.
    """

    place: str
    parquet: list[RowGroup]
    csv: list[CsvFile]
    refused: list[Quarantined] = field(default_factory=list)

    def chunks(self) -> Iterator[Chunk]:
        """All parts, Parquet first. A CSV file that breaks off is quarantined from there on."""
        yield from self.parquet
        for file in self.csv:
            try:
                yield from file.blocks()
            except (OSError, pa.ArrowInvalid) as error:
                self.refused.append(_refusal(file.where, error, TableReason.CORRUPT_ROWS))

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """What was left out so far, by file and reason."""
        rows = [item for file in self.csv for item in file.quarantined]
        return gathered([*self.refused, *rows])

    @property
    def columns(self) -> set[str]:
        """The columns that any file has."""
        names = {name for group in self.parquet for name in group.types}
        return names | {name for file in self.csv for name in file.names}

    def kinds(self) -> dict[str, FeatureKind | None]:
        """What each column is, by the types of the first file, or by the first block of a CSV."""
        if self.parquet:
            types = self.parquet[0].types
            return {name: kind_of_type(found) for name, found in types.items()}
        for file in self.csv:
            for block in CsvFile(file.filesystem, file.where, file.names).blocks():
                return {name: kind_of_text(block.table.column(name)) for name in file.names}
        return dict.fromkeys(self.columns)


def open_dataset(place: str) -> Dataset:
    """Opens the table at `place` (see `locate`).

    A file that is half written, or no table at all, is quarantined. Raises DataError where no
    file can be opened.
    """
    location = locate(place)
    dataset = Dataset(place, [], [])
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
        dataset.parquet.extend(row_groups(location.filesystem, path))
    else:
        dataset.csv.append(CsvFile.open(location.filesystem, path))


def _refusal(path: str, error: Exception, reason: TableReason) -> Quarantined:
    text = " ".join(str(error).split())
    return Quarantined(path, reason, None, text[:200])
