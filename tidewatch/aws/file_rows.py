"""The rows of one Parquet file of a Delta table, as a stream of Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import FileSystem, PyFileSystem

from tidewatch.core.errors import DataError, Fault
from tidewatch.core.live_file import LiveFile

_ROWS_AT_ONCE = 65_536


def files_of(table_uri: str) -> FileSystem:
    """The files below a table's root; credentials come from the environment, as for the table."""
    return PyFileSystem(DeltaStorageHandler(table_uri))


def file_rows(files: FileSystem, file: LiveFile, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The columns of `schema`; one that the file lacks, being older than it, is null.

    Raises DataError where the file is gone, is no whole Parquet file, or does not have as many
    rows as the table's log says.
    """
    try:
        with files.open_input_file(file.path) as source:
            parquet = pq.ParquetFile(source)
            if parquet.metadata.num_rows != file.rows:
                raise _fault(file, f"{parquet.metadata.num_rows} rows")
            present = [name for name in schema.names if name in parquet.schema_arrow.names]
            for batch in parquet.iter_batches(_ROWS_AT_ONCE, columns=present):
                yield _aligned(batch, schema)
    except (pa.ArrowInvalid, OSError) as error:
        raise _fault(file, f"{type(error).__name__}: {error}") from error


def _aligned(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        batch[field.name].cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _fault(file: LiveFile, found: str) -> DataError:
    return DataError(
        Fault(
            where=file.path,
            found=found,
            expected=f"a Parquet file of {file.rows} rows",
            remedy="run the monitor again: it plans anew; a file the log names must not be removed",
        )
    )
