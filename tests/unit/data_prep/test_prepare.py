"""What data preparation does with good rows, bad rows and unusable data."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.unit.training.workshop import (
    INTERVAL,
    START,
    parcels,
    small_model,
    weather,
    write_raw,
)
from tidewatch.core.config import load_model
from tidewatch.core.errors import DataError
from tidewatch.core.window import Window
from tidewatch.training.data_prep import Places, prepare

Tables = dict[str, dict[str, list[Any]]]


def run(
    folder: Path, tables: Tables, interval: Window = INTERVAL, **changes: Any
) -> dict[str, Any]:
    raw = write_raw(folder / "raw", tables)
    return prepare(small_model(**changes), interval, Places(raw, folder))


def tables(rows: int = 2000) -> Tables:
    return {"parcels": parcels(rows), "weather": weather()}


def texts(values: list[Any]) -> list[Any]:
    return [str(value) for value in values]


def read(folder: Path, part: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / part / "part-0.parquet").to_pylist()
    return rows


def test_validation_is_the_last_share_by_event_time(tmp_path: Path) -> None:
    run(tmp_path, tables())

    train, validation = read(tmp_path, "train"), read(tmp_path, "validation")
    assert max(row["sent"] for row in train) < min(row["sent"] for row in validation)
    assert (len(train), len(validation)) == (1439, 481)


def test_rows_of_one_moment_are_never_on_both_sides_of_the_split(tmp_path: Path) -> None:
    rows = parcels(400)
    rows["sent"] = [START + timedelta(days=place // 100) for place in range(400)]

    run(
        tmp_path,
        {"parcels": rows, "weather": weather()},
        training={**small_model().training.model_dump(), "validation_share": 0.3},
    )

    moments = [{row["sent"] for row in read(tmp_path, part)} for part in ("train", "validation")]
    assert not moments[0] & moments[1]


def test_the_interval_is_half_open_and_what_is_outside_is_counted(tmp_path: Path) -> None:
    interval = Window(START + timedelta(days=1), START + timedelta(days=2))

    summary = run(tmp_path, tables(), interval)

    assert summary["event_time"] == {"min": "2024-01-02T00:00:00Z", "max": "2024-01-02T23:30:00Z"}
    assert (summary["read"], summary["outside"]) == (48, 1952)


def test_the_same_rows_in_another_order_make_the_same_files(tmp_path: Path) -> None:
    shuffled = {name: values[::-1] for name, values in parcels().items()}

    run(tmp_path / "a", tables())
    run(tmp_path / "b", {"parcels": shuffled, "weather": weather()})

    assert read(tmp_path / "a", "train") == read(tmp_path / "b", "train")


def test_a_left_join_without_a_partner_is_a_missing_value(tmp_path: Path) -> None:
    run(tmp_path, tables())

    assert {row["wind"] for row in read(tmp_path, "train") if row["region"] == "north"} == {None}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("sent", None, "event time sent is missing"),
        ("sent", "yesterday", "event time sent is not a time"),
        ("late", None, "label late is missing"),
        ("late", "perhaps", "label late is not 0 or 1"),
        ("late", "0.5", "label late is not 0 or 1"),
        ("late", "2", "label late is not 0 or 1"),
        ("weight", "heavy", "feature weight is not a finite number"),
        ("weight", "inf", "feature weight is not a finite number"),
    ],
)
def test_a_bad_value_sends_its_row_alone_to_quarantine(
    tmp_path: Path, column: str, value: str | None, reason: str
) -> None:
    rows = parcels()
    rows[column] = texts(rows[column])
    rows[column][3] = value

    summary = run(tmp_path, {"parcels": rows, "weather": weather()})

    assert summary["reasons"] == {reason: 1}
    assert summary["read"] == summary["good"] + summary["quarantined"] == 1920
    (row,) = read(tmp_path, "quarantine")
    assert (row["reason"], row["detail"]) == (reason, value)
    assert '"region"' in row["record"]


@pytest.mark.parametrize("value", ["nan", None])
def test_a_missing_number_is_no_fault(tmp_path: Path, value: str | None) -> None:
    rows = parcels()
    rows["weight"] = texts(rows["weight"])
    rows["weight"][3] = value

    assert run(tmp_path, {"parcels": rows, "weather": weather()})["quarantined"] == 0
    assert read(tmp_path, "train")[3]["weight"] is None


def test_every_unusable_table_is_named_at_once(tmp_path: Path) -> None:
    raw = write_raw(tmp_path / "raw", tables())
    whole = (raw / "parcels" / "part.parquet").read_bytes()
    (raw / "parcels" / "part.parquet").write_bytes(whole[: len(whole) // 2])
    (raw / "weather" / "part.parquet").unlink()

    with pytest.raises(DataError) as caught:
        prepare(small_model(), INTERVAL, Places(raw, tmp_path))

    assert [fault.where for fault in caught.value.faults] == [
        "raw table parcels: part.parquet",
        "raw table weather",
    ]
    assert "not whole Parquet" in caught.value.faults[0].found


def test_a_table_damaged_in_its_middle_is_a_data_error(tmp_path: Path) -> None:
    raw = write_raw(tmp_path / "raw", tables())
    path = raw / "parcels" / "part.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:8] + b"\0" * 4000 + whole[4008:])

    with pytest.raises(DataError):
        prepare(small_model(), INTERVAL, Places(raw, tmp_path))


def test_a_table_without_rows_is_a_data_error(tmp_path: Path) -> None:
    empty = {name: values[:0] for name, values in parcels(1).items()}

    with pytest.raises(DataError, match="raw table parcels: found no rows"):
        run(tmp_path, {"parcels": empty, "weather": weather()})


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("SELECT sent, late, region, weight FROM parcels", "expected a column wind"),
        ("SELECT nothing FROM parcels", "SQL that fails"),
        ("SELECT 1; DROP TABLE parcels", "expected one SELECT"),
        ("COPY parcels TO 'stolen.parquet'", "expected one SELECT"),
        ("not SQL", "expected one SELECT"),
        ("SELECT *, CAST(region AS DATE) AS wind FROM parcels", "TRY_CAST"),
        ("SELECT 1 AS sent, late, region, weight, 2 AS wind FROM parcels", "found INTEGER"),
    ],
)
def test_sql_that_cannot_give_the_rows_is_answered_with_what_to_mend(
    tmp_path: Path, sql: str, fault: str
) -> None:
    with pytest.raises(DataError, match=fault):
        run(tmp_path, tables(), prepare=sql)


def test_sql_reads_nothing_but_the_raw_tables(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("sent,late,region,weight,wind\n2024-01-01,1,a,1,1\n")

    with pytest.raises(DataError, match="Permission"):
        run(tmp_path, tables(), prepare=f"FROM read_csv('{secret}')")


def test_an_interval_without_rows_is_a_data_error(tmp_path: Path) -> None:
    later = Window(INTERVAL.end + timedelta(days=90), INTERVAL.end + timedelta(days=91))

    with pytest.raises(DataError, match="found no good row"):
        run(tmp_path, tables(), later)


def test_sets_of_one_label_cannot_train(tmp_path: Path) -> None:
    rows = parcels()
    rows["late"] = [0] * len(rows["late"])

    with pytest.raises(DataError, match="found 1439 rows of label 0"):
        run(tmp_path, {"parcels": rows, "weather": weather()})


def test_the_flights_model_marks_cancelled_diverted_and_late_flights(tmp_path: Path) -> None:
    model = load_model(Path(__file__).parents[3] / "config", "flights")
    flights: list[dict[str, object]] = [
        {"dep_time": 600.0, "arr_delay": 15.0},
        {"dep_time": 600.0, "arr_delay": 16.0},
        {"dep_time": None, "arr_delay": None},
        {"dep_time": 600.0, "arr_delay": None},
    ] * 50
    common = {"year": 2013, "month": 1, "day": 7, "carrier": "UA", "origin": "JFK", "dest": "LAX"}
    rows = [
        {**common, **flight, "distance": 2475, "hour": 6, "minute": place % 60}
        | {"time_hour": f"2013-01-07T{10 + place // 60:02d}:00:00Z"}
        for place, flight in enumerate(flights)
    ]
    measured = dict.fromkeys(list(model.features)[7:], 1.0)
    raw = write_raw(
        tmp_path / "raw",
        {
            "flights": {name: [row[name] for row in rows] for name in rows[0]},
            "weather": {
                "origin": ["JFK"],
                "time_hour": ["2013-01-07T11:00:00Z"],
                **{name: [value] for name, value in measured.items()},
            },
        },
    )
    day = Window(START.replace(year=2013, month=1, day=7), START.replace(year=2013, month=1, day=8))

    prepare(model, day, Places(raw, tmp_path))

    prepared = read(tmp_path, "train") + read(tmp_path, "validation")
    assert [row["late"] for row in prepared[:4]] == [0, 1, 1, 1]
    assert [row["temp"] for row in prepared[59:61]] == [None, 1.0]
    assert prepared[61]["scheduled_departure"].isoformat() == "2013-01-07T11:01:00+00:00"
    assert prepared[0]["weekday"] == 1
