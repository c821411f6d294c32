"""The data preparation program, run as its container runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.training.workshop import (
    INTERVAL,
    parcels,
    put_document,
    run_program,
    small_model,
    weather,
    write_raw,
)

ENVIRONMENT = {
    "TRAIN_START": INTERVAL.start.isoformat(),
    "TRAIN_END": INTERVAL.end.isoformat(),
}


@pytest.fixture
def ml_root(tmp_path: Path) -> Path:
    put_document(tmp_path / "processing" / "input" / "model", small_model())
    return tmp_path


def test_writes_the_sets_the_quarantine_and_a_summary_that_adds_up(ml_root: Path) -> None:
    rows = parcels()
    rows["late"][5] = 7
    write_raw(ml_root / "processing" / "input" / "raw", {"parcels": rows, "weather": weather()})

    ended = run_program("data_prep", ml_root, ENVIRONMENT)

    assert ended.returncode == 0, ended.stderr
    output = ml_root / "processing" / "output"
    summary = json.loads((output / "summary" / "data_prep.json").read_text())
    assert summary == {
        "read": 1920,
        "good": 1919,
        "quarantined": 1,
        "reasons": {"label late is not 0 or 1": 1},
        "train_rows": 1439,
        "validation_rows": 480,
        "event_time": {"min": "2024-01-01T00:00:00Z", "max": "2024-02-09T23:30:00Z"},
        "outside": 80,
    }
    counted = {
        part: pq.read_metadata(output / part / "part-0.parquet").num_rows
        for part in ("train", "validation", "quarantine")
    }
    assert counted == {"train": 1439, "validation": 480, "quarantine": 1}


def test_a_missing_table_fails_the_job_with_what_to_do(ml_root: Path) -> None:
    write_raw(ml_root / "processing" / "input" / "raw", {"parcels": parcels(10)})

    ended = run_program("data_prep", ml_root, ENVIRONMENT)

    assert ended.returncode == 1
    message = (ml_root / "output" / "message").read_text()
    assert message.startswith("DataError: raw table weather: found no Parquet file")
    assert "upload the table to the raw bucket" in message
    assert not (ml_root / "processing" / "output" / "train").exists()
