"""SQL expressions over a window's rows, evaluated where they can reach nothing else.

The expression comes from the model's file, which people review; the walls are there because a
typo or a copied snippet should not read the job's disk, and must not stop the job. DuckDB runs in
memory of its own with external access disabled and its configuration locked, so that no
expression can open it again; and with bounds on memory and time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from threading import Timer

import duckdb
import pyarrow as pa

from tidewatch.monitoring.metric_error import MetricError
from tidewatch.monitoring.segments import column_of

SECONDS = 60.0
MEMORY = "1GB"
_THREADS = 2
_ABOUT_THE_EXPRESSION = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.PermissionException,
    duckdb.SyntaxException,
)


@dataclass(frozen=True)
class Measured:
    """A metric of one segment (empty for the whole): its value, and how many rows it is of."""

    segment: str
    value: float | None
    rows: int
    labelled: int


class SqlMetrics:
    """The rows of one window and one subject, ready for expressions.

    `rows` has the columns of `with_segments` for each of `segments`, and `label`.
    """

    def __init__(self, rows: pa.Table, segments: Sequence[str], seconds: float = SECONDS) -> None:
        self._segments = [_quoted(column_of(feature)) for feature in segments]
        self._seconds = seconds
        self._database = _closed_database()
        self._database.register("predictions", rows)

    def evaluate(self, name: str, expression: str) -> list[Measured]:
        """The expression's value over all rows, then in each segment, by name.

        Raises MetricError where it is no aggregate expression that gives numbers, or takes too
        long. NULL, NaN and infinity are None: the rows cannot say.
        """
        try:
            with self._bounded():
                # Through Arrow: DuckDB's own rows need one more package where a time has a zone.
                found: pa.Table = self._database.sql(self._query(name, expression)).to_arrow_table()
        except duckdb.InterruptException as error:
            raise MetricError.of(name, f"no answer within {self._seconds:g} s") from error
        except duckdb.Error as error:
            raise MetricError.of(name, _described(error)) from error
        return sorted(
            (
                Measured(segment, _number(name, value), rows, labelled)
                for segment, rows, labelled, value in zip(
                    *(column.to_pylist() for column in found.columns), strict=True
                )
            ),
            key=lambda item: item.segment,
        )

    def _query(self, name: str, expression: str) -> str:
        """One statement; the line break ends a comment that the expression may end in.

        What is an expression in brackets of one kind is one in those of the other; what closes
        the brackets by itself, to go on with clauses of its own, is not.
        """
        segment = f"coalesce({', '.join([*self._segments, repr('')])})"
        sets = ", ".join(["()", *(f"({column})" for column in self._segments)])
        query = (
            f"SELECT {segment}, count(*), count(label), (\n{expression}\n)"  # noqa: S608 - walled in
            f" FROM predictions GROUP BY GROUPING SETS ({sets})"
        )
        for text in (f"SELECT [\n{expression}\n]", query):
            if len(self._database.extract_statements(text)) != 1:
                raise MetricError.of(name, "several statements")
        return query

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        timer = Timer(self._seconds, self._database.interrupt)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _closed_database() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "memory_limit": MEMORY,
            "temp_directory": "",
            "threads": _THREADS,
        },
    )
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET lock_configuration = true")
    return database


def _number(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        # The value itself may be anybody's: it stays out of the log.
        raise MetricError.of(name, f"a value of type {type(value).__name__}")
    return float(value) if math.isfinite(value) else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _described(error: duckdb.Error) -> str:
    """The error's kind, and its words where they are about the expression: others quote rows."""
    kind = type(error).__name__
    if not isinstance(error, _ABOUT_THE_EXPRESSION):
        return f"{kind}, while it was evaluated on the rows"
    return f"{kind}: {str(error).splitlines()[0]}"
