"""Runs a model's SQL and marks each row: good, or to be quarantined, and why."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tidewatch.core.config import FeatureKind, ModelConfig
from tidewatch.core.errors import DataError, Fault
from tidewatch.core.task import Task

_TIMES = ("TIMESTAMP", "DATE", "VARCHAR")
_REMEDY = "mend the model's SQL file in config/models/"
_LONGEST_RECORD = 4096
_LABELS = {
    Task.BINARY_CLASSIFICATION: "0 or 1",
    Task.MULTICLASS_CLASSIFICATION: "a class of the model",
    Task.REGRESSION: "a finite number",
}


@dataclass(frozen=True)
class _Check:
    """One thing that sends a row to quarantine: an SQL condition, and what to say of it."""

    condition: str
    reason: str
    column: str


def mark_rows(connection: duckdb.DuckDBPyConnection, model: ModelConfig) -> None:
    """Creates the table `marked` from the model's SQL, one row for one.

    Columns: the event time (timestamptz), the label (tinyint, or
    double where the task is regression; a class is its place), the features (double or varchar;
    missing is null); then tw_time and tw_label, the first two by a fixed name; and tw_reason,
    tw_detail (the value at fault) and tw_record (the row as JSON), which good rows do not have.

    Raises DataError when the SQL fails, is anything but one SELECT, or lacks a column.
    """
    where = f"model {model.name}: prepare"
    _check_is_select(connection, model, where)
    try:
        connection.execute(f"CREATE TEMP TABLE prepared AS {model.prepare}")
        _check_columns(connection, model, where)
        connection.execute(_marking(model))
    except duckdb.Error as error:
        raise DataError(
            Fault(
                where,
                f"SQL that fails ({str(error).strip()})",
                "a SELECT that runs over the raw tables",
                f"{_REMEDY}; TRY_CAST turns a bad value into null, whose row is then judged alone",
            )
        ) from error


def _check_is_select(connection: duckdb.DuckDBPyConnection, model: ModelConfig, where: str) -> None:
    try:
        kinds = [item.type.name for item in connection.extract_statements(model.prepare)]
    except duckdb.Error as error:
        raise DataError(Fault(where, f"no SQL ({error})", "one SELECT", _REMEDY)) from error
    if kinds != ["SELECT"]:
        raise DataError(Fault(where, ", ".join(kinds) or "nothing", "one SELECT", _REMEDY))


def _check_columns(connection: duckdb.DuckDBPyConnection, model: ModelConfig, where: str) -> None:
    found = {name: kind for name, kind, *_ in connection.execute("DESCRIBE prepared").fetchall()}
    faults = [
        Fault(where, f"columns {', '.join(found)}", f"a column {name}", _REMEDY)
        for name in (model.event_time, model.label, *model.features)
        if name not in found
    ]
    kind = found.get(model.event_time, _TIMES[0])
    if not kind.startswith(_TIMES):
        faults.append(
            Fault(f"{where}: {model.event_time}", kind, "a timestamp (UTC where naive)", _REMEDY)
        )
    if faults:
        raise DataError(*faults)


def _marking(model: ModelConfig) -> str:
    casts = {
        model.event_time: _time(model.event_time),
        model.label: _label(model),
        **{
            name: _category(name) if kind is FeatureKind.CATEGORICAL else _number(name)
            for name, kind in model.features.items()
        },
    }
    columns = ", ".join(f"{cast} AS {_quoted(name)}" for name, cast in casts.items())
    checks = _checks(model)
    reasons = " ".join(f"WHEN {item.condition} THEN {_text(item.reason)}" for item in checks)
    details = " ".join(
        f"WHEN {item.condition} THEN CAST({_raw(item.column)} AS VARCHAR)" for item in checks
    )
    # Only names and texts of the model's own file are put together here.
    return f"""
        CREATE TEMP TABLE marked AS SELECT {columns},
            {casts[model.event_time]} AS tw_time,
            {casts[model.label]} AS tw_label,
            CASE {reasons} END AS tw_reason,
            CASE {details} END AS tw_detail,
            CASE WHEN tw_reason IS NOT NULL
                THEN left(CAST(to_json(raw) AS VARCHAR), {_LONGEST_RECORD}) END AS tw_record
        FROM prepared AS raw
    """  # noqa: S608 - see above


def _checks(model: ModelConfig) -> list[_Check]:
    """In the order in which a row's first fault becomes its reason."""
    time, label = model.event_time, model.label
    numbers = [name for name, kind in model.features.items() if kind is FeatureKind.NUMERIC]
    return [
        _Check(f"{_raw(time)} IS NULL", f"event time {time} is missing", time),
        _Check(f"{_time(time)} IS NULL", f"event time {time} is not a time", time),
        _Check(f"{_raw(label)} IS NULL", f"label {label} is missing", label),
        _Check(f"{_label(model)} IS NULL", f"label {label} is not {_LABELS[model.task]}", label),
        *(
            _Check(
                f"{_raw(name)} IS NOT NULL"
                f" AND coalesce(isinf(TRY_CAST({_raw(name)} AS DOUBLE)), true)",
                f"feature {name} is not a finite number",
                name,
            )
            for name in numbers
        ),
    ]


def _raw(name: str) -> str:
    return f"raw.{_quoted(name)}"


def _time(name: str) -> str:
    return f"TRY_CAST({_raw(name)} AS TIMESTAMPTZ)"


def _label(model: ModelConfig) -> str:
    """The label as a number (see `Task`); null where it cannot be one."""
    raw = _raw(model.label)
    if model.task is Task.MULTICLASS_CLASSIFICATION:
        classes = ", ".join(_text(name) for name in model.classes)
        place = f"list_position([{classes}], trim(CAST({raw} AS VARCHAR)))"
        return f"TRY_CAST({place} - 1 AS SMALLINT)"
    number = f"TRY_CAST({raw} AS DOUBLE)"
    if model.task is Task.REGRESSION:
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    return f"CASE WHEN {number} IN (0, 1) THEN CAST({number} AS TINYINT) END"


def _number(name: str) -> str:
    """NaN is a missing value, as null is."""
    return f"nullif(TRY_CAST({_raw(name)} AS DOUBLE), 'NaN'::DOUBLE)"


def _category(name: str) -> str:
    """An empty text is a missing value, as it is in a CSV request."""
    return f"nullif(CAST({_raw(name)} AS VARCHAR), '')"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    """An SQL identifier.

    >>> _quoted("day")
    '"day"'
    """
    return '"' + name.replace('"', '""') + '"'
