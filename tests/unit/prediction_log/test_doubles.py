"""One id, one prediction: the first is kept, and the others say what they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitoring_jobs.prediction_log.clock import Clock
from monitoring_jobs.prediction_log.ingest import ingest
from tests.unit.monitoring.world import START
from tests.unit.prediction_log.bay import Bay, capture, label, lines, new_bay

RETRY = "'id-1' came before, with the same: a retry; the first was kept"
CONFLICT = "'id-1' came before, with other features or another score; the first was kept"


@pytest.fixture
def bay(tmp_path: Path) -> Bay:
    return new_bay(tmp_path)


def _with(request: str | None = None, answer: str | None = None) -> dict[str, Any]:
    of = capture("id-1")
    sides = of["captureData"]
    if request is not None:
        sides["endpointInput"]["data"] = request
    if answer is not None:
        sides["endpointOutput"]["data"] = answer
    return of


SECONDS = {
    "the same": (_with(), RETRY),
    "later": (capture("id-1", at=START + timedelta(hours=1)), RETRY),
    "another number": (_with("7,AA,0\n"), CONFLICT),
    "no number": (_with(",AA,0\n"), CONFLICT),
    "another category": (_with("0.5,BB,0\n"), CONFLICT),
    "another score": (_with(answer="0.75\n"), CONFLICT),
}


@pytest.mark.parametrize(("second", "detail"), SECONDS.values(), ids=SECONDS.keys())
@pytest.mark.parametrize("runs", [1, 2])
def test_a_second_record_of_an_id_is_a_retry_or_a_conflict(
    bay: Bay, second: dict[str, Any], detail: str, runs: int
) -> None:
    bay.captured("a", lines(capture("id-1")))
    if runs == 2:
        ingest(bay.run())
    bay.captured("b", lines(second, capture("id-2")))
    ingest(bay.run())
    assert [(row["inference_id"], row["temp"], row["score"]) for row in bay.log()] == [
        ("id-1", 0.5, 0.25),
        ("id-2", 0.5, 0.25),
    ]
    assert [(row["reason"], row["detail"]) for row in bay.quarantine()] == [
        ("duplicate_id", detail)
    ]


def test_features_that_are_missing_in_both_do_not_conflict(bay: Bay) -> None:
    bay.captured("a", lines(_with(",,0\n"), _with(",,0\n")))
    ingest(bay.run())
    assert [row["detail"] for row in bay.quarantine()] == [RETRY]


def test_a_second_label_says_whether_it_differs(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1")))
    bay.labelled("l", lines(label("id-1", "1"), label("id-1", "1")))
    ingest(bay.run())
    bay.labelled("m", lines(label("id-1", "0")))
    ingest(bay.run())
    assert [(row["reason"], row["detail"]) for row in bay.quarantine()] == [
        ("duplicate_label", "it has a label, the same; kept the first"),
        ("duplicate_label", "it has a label, another, 1.0; kept the first"),
    ]


@pytest.mark.parametrize(
    ("when", "reasons"),
    [
        (datetime(2026, 1, 1, 11, tzinfo=UTC), []),
        (datetime(2026, 1, 1, 11, 0, 1, tzinfo=UTC), [("clock_skew", 1)]),
        (datetime(2025, 12, 31, 10, tzinfo=UTC), []),
        (datetime(2025, 12, 31, 9, 59, 59, tzinfo=UTC), [("clock_skew", 1)]),
    ],
)
def test_an_event_too_far_from_its_inference_is_clock_skew(
    bay: Bay, when: datetime, reasons: list[tuple[str, int]]
) -> None:
    bay.captured("a", lines(capture("id-1", at=when)))
    ingest(bay.run(clock=Clock(ahead=timedelta(hours=1), behind=timedelta(days=1))))
    assert bay.reasons() == reasons
    assert len(bay.log()) == 1 - len(reasons)
