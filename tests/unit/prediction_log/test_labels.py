"""Labels join the predictions they speak of, wait for late ones, and count once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitoring_jobs.prediction_log.ingest import ingest
from tests.unit.monitoring.world import START
from tests.unit.prediction_log.bay import Bay, capture, label, lines, new_bay


@pytest.fixture
def bay(tmp_path: Path) -> Bay:
    return new_bay(tmp_path)


def _labels(bay: Bay) -> dict[str, float]:
    return {row["inference_id"]: row["label"] for row in bay.labels()}


def test_a_label_takes_the_event_time_of_its_prediction(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1", rows=2)))
    bay.labelled("l", lines(label("id-1#0", "1"), label("id-1#1", "0")))
    ingest(bay.run())
    assert _labels(bay) == {"id-1#0": 1.0, "id-1#1": 0.0}
    times = [row["event_time"] - START for row in bay.labels()]
    assert times == [timedelta(0), timedelta(seconds=1)]
    assert {str(row["day"]) for row in bay.labels()} == {"2013-04-01"}


def test_a_label_that_comes_before_its_prediction_waits_and_the_others_do_not(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1")))
    bay.labelled("l", lines(label("id-1"), label("id-2")))
    ingest(bay.run())
    assert _labels(bay) == {"id-1": 1.0}
    assert bay.quarantine() == []
    bay.captured("b", lines(capture("id-2")))
    ingest(bay.run())
    assert _labels(bay) == {"id-1": 1.0, "id-2": 1.0}
    assert bay.quarantine() == []


def test_a_label_without_a_prediction_is_quarantined_after_the_grace(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1")))
    bay.labelled("l", lines(b"junk", label("id-1"), label("nobody")))
    ingest(bay.run())
    assert bay.reasons() == []
    bay.time += timedelta(minutes=61)
    ingest(bay.run())
    assert bay.reasons() == [("not_json", 1), ("label_without_prediction", 3)]
    assert _labels(bay) == {"id-1": 1.0}
    ingest(bay.run())
    assert len(bay.reasons()) == 2


def test_the_first_label_of_a_prediction_counts(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1")))
    bay.labelled("z", lines(label("id-1", "1"), label("id-1", "0")))
    ingest(bay.run())
    bay.time += timedelta(minutes=1)
    bay.labelled("a", lines(label("id-1", "0")))
    ingest(bay.run())
    assert _labels(bay) == {"id-1": 1.0}
    assert sorted(bay.reasons()) == [("duplicate_label", 1), ("duplicate_label", 2)]


def test_labels_are_counted_apart(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1")))
    bay.labelled("l", lines(label("id-1"), b"junk"))
    ingest(bay.run())
    labels = ("flights", "all", "labels")
    assert bay.heard.series("tidewatch_prediction_log_read_rows")[labels] == 2.0
    assert bay.heard.series("tidewatch_prediction_log_quarantined_rows")[labels] == 1.0


def test_labels_that_wait_cost_no_commit_in_later_runs(bay: Bay) -> None:
    bay.labelled("l", lines(label("nobody")))
    ingest(bay.run())
    before = bay.labels()
    ingest(bay.run())
    assert bay.labels() == before == []


def test_a_very_late_label_finds_a_prediction_of_long_ago(bay: Bay) -> None:
    bay.captured("old", lines(capture("id-1", at=START - timedelta(days=400))))
    bay.captured("new", lines(capture("id-2")))
    ingest(bay.run())
    bay.labelled("l", lines(label("id-1")))
    ingest(bay.run())
    assert _labels(bay) == {"id-1": 1.0}
