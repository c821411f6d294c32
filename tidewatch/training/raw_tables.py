"""Opens a model's raw tables in an in-memory DuckDB that can read nothing else."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tidewatch.core.errors import DataError, Fault


def open_raw_tables(
    folder: Path, tables: Sequence[str], scratch: Path
) -> duckdb.DuckDBPyConnection:
    """A connection in which each raw table is a view of its name.

    The model's SQL runs in it, so it is closed before it is handed out: no network, no extension,
    no file but those of `folder`, and no setting that could undo this. Times are UTC. What does not
    fit into memory goes to `scratch`.

    Raises DataError with every table that is missing, empty or not whole.
    """
    files = {table: _files(folder / table) for table in tables}
    _check(folder, files)
    connection = duckdb.connect(":memory:", config=_config(scratch))
    connection.execute("SET TimeZone = 'UTC'")
    for table, paths in files.items():
        names = [str(path) for path in paths]
        connection.from_parquet(names, union_by_name=True, hive_partitioning=False).create_view(
            table
        )
    connection.execute(f"SET allowed_directories = [{_text(f'{folder}/')}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _config(scratch: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "threads": _cores(),
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def _cores() -> int:
    """The cores that this process may use, where the system tells; else all there are."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.parquet") if path.is_file())


def _check(folder: Path, files: dict[str, list[Path]]) -> None:
    faults = []
    for table, paths in files.items():
        where = f"raw table {table}"
        if not paths:
            faults.append(
                Fault(
                    where,
                    f"no Parquet file in {folder / table}",
                    f"at least one *.parquet under the prefix {table}/",
                    "upload the table to the raw bucket",
                )
            )
            continue
        rows, broken = _count(where, paths)
        faults += broken
        if not rows and not broken:
            faults.append(Fault(where, "no rows", "at least one row", "upload data that has rows"))
    if faults:
        raise DataError(*faults)


def _count(where: str, paths: list[Path]) -> tuple[int, list[Fault]]:
    """Rows by the files' own footers, and a fault for each file that has none to read."""
    rows, broken = 0, []
    for path in paths:
        try:
            rows += pq.read_metadata(path).num_rows
        except (pa.ArrowInvalid, OSError) as error:
            broken.append(
                Fault(
                    f"{where}: {path.name}",
                    f"a file that is not whole Parquet ({str(error).splitlines()[0]})",
                    "a Parquet file with its footer",
                    "upload the file again",
                )
            )
    return rows, broken
