"""Parquet files, row group by row group, column by column.

One column at a time: a whole row group of many columns would leave the processor's cache, and
take ten times the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

_ROWS_AT_ONCE = 131_072
_BUFFER = 1 << 20


@dataclass(frozen=True)
class RowGroup:
    """One row group; `types` are the file's own, text being read as a dictionary."""

    filesystem: fs.FileSystem
    where: str
    number: int
    rows: int
    types: dict[str, pa.DataType]
    metadata: pq.FileMetaData

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, pa.Array]]:
        """See `Chunk`."""
        local = isinstance(self.filesystem, fs.LocalFileSystem)
        with self.filesystem.open_input_file(self.where) as source:
            file = pq.ParquetFile(
                source,
                metadata=self.metadata,
                read_dictionary=[n for n in names if pa.types.is_dictionary(self.types[n])],
                pre_buffer=not local,  # over a network few large reads, here small ones
                buffer_size=_BUFFER,
                page_checksum_verification=True,
            )
            for name in names:
                for batch in file.iter_batches(
                    _ROWS_AT_ONCE, row_groups=[self.number], columns=[name], use_threads=False
                ):
                    yield name, batch.column(0)


def row_groups(filesystem: fs.FileSystem, path: str) -> list[RowGroup]:
    """The file's row groups. Raises OSError or ArrowInvalid where it is no whole Parquet file."""
    with filesystem.open_input_file(path) as source:
        file = pq.ParquetFile(source)
        metadata, schema = file.metadata, file.schema_arrow
    types = {field.name: _read_as(field.type) for field in schema}
    return [
        RowGroup(filesystem, path, number, metadata.row_group(number).num_rows, types, metadata)
        for number in range(metadata.num_row_groups)
    ]


def _read_as(kind: pa.DataType) -> pa.DataType:
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return pa.dictionary(pa.int32(), pa.string()) if is_text else kind
