"""CSV files, block by block; every field is text until its column's kind is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from pyarrow import csv, fs

from tidewatch.core.errors import DataError, Fault
from tidewatch.data.quarantine import Quarantined, TableReason

_BLOCK = 8 << 20


@dataclass(frozen=True)
class CsvBlock:
    """Some rows of a CSV file, in memory; every column is of bytes."""

    where: str
    table: pa.RecordBatch

    @property
    def rows(self) -> int:
        """See `Chunk`."""
        return int(self.table.num_rows)

    @property
    def types(self) -> dict[str, pa.DataType]:
        """See `Chunk`."""
        return {name: pa.binary() for name in self.table.schema.names}

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, pa.Array]]:
        """See `Chunk`."""
        for name in names:
            yield name, self.table.column(name)


@dataclass
class CsvFile:
    """One CSV file with a header; `.gz` is unpacked, `.tsv` is split at tabs.

    Rows with too few or too many fields are left out and counted in `quarantined`, which is
    complete once `blocks` has been read to its end.
    """

    filesystem: fs.FileSystem
    where: str
    names: list[str]
    quarantined: list[Quarantined] = field(default_factory=list)

    @classmethod
    def open(cls, filesystem: fs.FileSystem, where: str) -> CsvFile:
        """Reads the header. Raises DataError on two columns of one name, ArrowInvalid on none."""
        with _stream(filesystem, where) as stream:
            options = csv.ReadOptions(use_threads=False, block_size=_BLOCK)
            parse = csv.ParseOptions(
                delimiter=_separator(where), invalid_row_handler=lambda _: "skip"
            )
            names: list[str] = csv.open_csv(stream, options, parse).schema.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError(
                Fault(where, f"columns of one name: {twice}", "distinct names", "rename them")
            )
        return cls(filesystem, where, names)

    def blocks(self) -> Iterator[CsvBlock]:
        """The file's rows. Raises OSError or ArrowInvalid where it breaks off."""
        self.quarantined.clear()
        with _stream(self.filesystem, self.where) as stream:
            reader = csv.open_csv(
                stream,
                read_options=csv.ReadOptions(use_threads=False, block_size=_BLOCK),
                parse_options=csv.ParseOptions(
                    delimiter=_separator(self.where),
                    newlines_in_values=True,
                    invalid_row_handler=self._refuse,
                ),
                convert_options=csv.ConvertOptions(
                    check_utf8=False, column_types=dict.fromkeys(self.names, pa.binary())
                ),
            )
            for batch in reader:
                yield CsvBlock(self.where, batch)

    def _refuse(self, row: csv.InvalidRow) -> str:
        found = f"row {row.number}: {row.actual_columns} fields, expected {row.expected_columns}"
        self.quarantined.append(Quarantined(self.where, TableReason.COLUMN_COUNT, 1, found))
        return "skip"


def _stream(filesystem: fs.FileSystem, where: str) -> pa.NativeFile:
    compression = "gzip" if where.endswith(".gz") else None
    return filesystem.open_input_stream(where, compression=compression)


def _separator(where: str) -> str:
    return "\t" if where.endswith((".tsv", ".tsv.gz")) else ","
