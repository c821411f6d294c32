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
            metadata = pq.read_metadata(source)
            if metadata.num_rows != file.rows:
                raise _fault(file, f"{metadata.num_rows} rows")
            there = set(metadata.schema.to_arrow_schema().names)
            present = [name for name in schema.names if name in there]
            coded = [name for name in _coded(schema) if name in there]
            parquet = pq.ParquetFile(
                source, metadata=metadata, read_dictionary=coded, pre_buffer=True
            )
            # One row group at a time is fetched ahead, for S3 is far away.
            for group in range(parquet.num_row_groups):
                for batch in parquet.iter_batches(_ROWS_AT_ONCE, [group], columns=present):
                    yield _aligned(batch, schema)
    except (pa.ArrowInvalid, OSError) as error:
        raise _fault(file, f"{type(error).__name__}: {error}") from error


def _coded(schema: pa.Schema) -> list[str]:
    """Parquet codes text by dictionaries: kept so, it is neither copied nor hashed."""
    return [field.name for field in schema if pa.types.is_dictionary(field.type)]


def _aligned(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        _typed(batch[field.name], field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _typed(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return column if column.type == kind else column.cast(kind)


def _fault(file: LiveFile, found: str) -> DataError:
    return DataError(
        Fault(
            where=file.path,
            found=found,
            expected=f"a Parquet file of {file.rows} rows",
            remedy="run the monitor again: it plans anew; a file the log names must not be removed",
        )
    )
