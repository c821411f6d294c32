"""Whether all that was answered was captured: hour by hour, per variant, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from monitoring_jobs.prediction_log.ingest import ingest
from monitoring_jobs.prediction_log.judge_capture import capture_ratio
from monitoring_jobs.prediction_log.watch_capture import watch_capture
from tests.unit.monitoring.world import MODEL, serving
from tests.unit.prediction_log.bay import Bay, capture, lines, new_bay

TEN = datetime(2026, 1, 1, 10, tzinfo=UTC)
ELEVEN = datetime(2026, 1, 1, 11, tzinfo=UTC)


@pytest.fixture
def bay(tmp_path: Path) -> Bay:
    """It is noon; records are of ten o'clock."""
    return new_bay(tmp_path)


def look(bay: Bay, **changes: Any) -> None:
    run = bay.run(**changes)
    ingest(run)
    watch_capture(run)


def measured(bay: Bay) -> dict[tuple[str, str], float]:
    """Values by variant and metric, of the hour of ten o'clock."""
    rows = DeltaTable(f"{bay.root}/metrics").to_pyarrow_table().to_pylist()
    return {
        (row["variant"], row["metric"]): row["value"]
        for row in rows
        if row["unit"] == "capture" and row["window_start"] == TEN
    }


def verdicts(bay: Bay) -> list[tuple[str, str, str]]:
    return [(e.version, e.variant, e.verdict) for e in bay.heard.events if e.unit == "capture"]


def deliver(bay: Bay, count: int, variant: str = "champion", name: str = "a") -> None:
    bay.captured(name, lines(*(capture(f"{name}-{i}") for i in range(count))), variant)


def test_what_was_answered_and_captured_is_complete(bay: Bay) -> None:
    deliver(bay, 40)
    bay.invocations.counts["champion", TEN] = 40
    look(bay)
    assert measured(bay) == {
        ("champion", "verdict"): 0.0,
        ("champion", "ratio"): 1.0,
        ("champion", "answered"): 40.0,
        ("champion", "captured"): 40.0,
    }
    assert verdicts(bay) == [("1", "champion", "ok")]


def test_less_than_99_percent_is_critical_and_stands(bay: Bay) -> None:
    deliver(bay, 98)
    bay.invocations.counts["champion", TEN] = 100
    look(bay)
    assert measured(bay)["champion", "ratio"] == 0.98
    assert verdicts(bay) == [("1", "champion", "critical")]
    standing = {
        tuple(item.dimensions.items()): item.value
        for item in bay.heard.aggregates
        if item.name == "capture_critical"
    }
    assert standing[("Model", "flights"), ("Variant", "champion")] == 1.0


def test_nothing_captured_at_all_is_critical(bay: Bay) -> None:
    bay.invocations.counts["champion", TEN] = 7
    look(bay)
    assert measured(bay)["champion", "ratio"] == 0.0
    assert verdicts(bay) == [("1", "champion", "critical")]


def test_each_variant_is_judged_by_itself(bay: Bay) -> None:
    deliver(bay, 10)
    deliver(bay, 5, "challenger", "b")
    bay.invocations.counts |= {("champion", TEN): 10, ("challenger", TEN): 10}
    look(bay)
    assert sorted(verdicts(bay)) == [("1", "champion", "ok"), ("2", "challenger", "critical")]


def test_a_record_of_many_rows_is_one_request(bay: Bay) -> None:
    bay.captured("a", lines(capture("x", rows=25), capture("y", rows=25)))
    bay.invocations.counts["champion", TEN] = 2
    look(bay)
    assert measured(bay)["champion", "captured"] == 2.0


def test_what_was_quarantined_was_captured_all_the_same(bay: Bay) -> None:
    twice = capture("x")
    bay.captured("a", lines(twice, twice, b"{not json", capture("y")))
    bay.invocations.counts["champion", TEN] = 4
    look(bay)
    assert len(bay.quarantine()) == 2
    assert measured(bay)["champion", "captured"] == 4.0


def test_an_hour_is_judged_once(bay: Bay) -> None:
    deliver(bay, 10)
    bay.invocations.counts["champion", TEN] = 10
    look(bay)
    deliver(bay, 10, name="late")
    look(bay)
    assert len(verdicts(bay)) == 1
    assert measured(bay)["champion", "captured"] == 10.0


def test_an_hour_whose_records_may_still_be_on_their_way_is_not_judged_yet(bay: Bay) -> None:
    bay.invocations.counts["champion", ELEVEN] = 10
    bay.time = ELEVEN + timedelta(hours=1, minutes=14)
    look(bay)
    assert verdicts(bay) == []
    bay.time = ELEVEN + timedelta(hours=1, minutes=15)
    look(bay)
    assert verdicts(bay) == [("1", "champion", "critical")]


def test_hours_without_an_answer_are_not_judged(bay: Bay) -> None:
    deliver(bay, 10)
    look(bay)
    assert verdicts(bay) == []


@pytest.mark.parametrize("percent", [0, 100])
def test_an_endpoint_that_captures_nothing_or_serves_nothing_is_not_judged(
    bay: Bay, percent: int
) -> None:
    bay.invocations.counts["champion", TEN] = 10
    model = MODEL.model_copy(
        update={"serving": MODEL.serving.model_copy(update={"capture_percent": percent})}
    )
    look(bay, model=model, versions=serving() if percent else bay.versions)
    assert verdicts(bay) == []


@pytest.mark.parametrize(
    ("captured", "answered", "share", "expected"),
    [
        (100, 100, 1.0, 1.0),
        (99, 100, 1.0, 0.99),
        (101, 100, 1.0, 1.01),
        (5, 10, 0.5, 1.0),
        (3, 10, 0.5, 1.0),  # chance alone takes as few as three of ten
        (0, 10_000, 0.5, pytest.approx(0.031, abs=0.001)),
        (600, 1000, 0.5, 1.2),
    ],
)
def test_the_ratio_leaves_to_chance_what_sampling_may_do(
    captured: int, answered: int, share: float, expected: float
) -> None:
    assert capture_ratio(captured, answered, share) == expected
