"""Captures become rows of the prediction log, each once, or go to quarantine with a reason."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitoring_jobs.prediction_log.ingest import ingest
from tests.unit.monitoring.world import START, serving
from tests.unit.prediction_log.bay import Bay, capture, lines, new_bay
from tidewatch.core.config import FeatureKind


@pytest.fixture
def bay(tmp_path: Path) -> Bay:
    return new_bay(tmp_path)


def test_a_captured_record_becomes_a_typed_row(bay: Bay) -> None:
    key = bay.captured("a", lines(capture("id-1", version="7")))
    ingest(bay.run())
    assert bay.log() == [
        {
            "model": "flights",
            "version": "7",
            "variant": "champion",
            "inference_id": "id-1",
            "event_time": START,
            "inference_time": datetime(2026, 1, 1, 10, tzinfo=UTC),
            "score": 0.25,
            "source": key,
            "line": 1,
            "day": date(2013, 4, 1),
            "temp": 0.5,
            "carrier": "AA",
        }
    ]
    assert bay.quarantine() == []


def test_a_record_of_several_rows_has_an_id_a_row(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1", rows=3)))
    ingest(bay.run())
    assert bay.ids() == ["id-1#0", "id-1#1", "id-1#2"]


def test_an_answer_that_names_no_version_is_of_the_one_that_serves_its_variant(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1", version=None)), variant="challenger")
    ingest(bay.run())
    assert [(row["version"], row["variant"]) for row in bay.log()] == [("2", "challenger")]


def test_a_row_whose_version_nobody_knows_is_quarantined(bay: Bay) -> None:
    bay.versions = serving()
    bay.captured("a", lines(capture("id-1", version=None), capture("id-2", version="1/2")))
    ingest(bay.run())
    assert bay.log() == []
    assert bay.reasons() == [("unknown_version", 1), ("unknown_version", 2)]


def test_a_malformed_record_is_quarantined_with_its_reason_source_and_text(bay: Bay) -> None:
    key = bay.captured("a", lines(capture("id-1"), b"{not json", capture("id-2")))
    ingest(bay.run())
    assert bay.ids() == ["id-1", "id-2"]
    (row,) = bay.quarantine()
    assert (row["model"], row["unit"], row["reason"]) == ("flights", "prediction_log", "not_json")
    assert (row["source"], row["line"], row["record"]) == (key, 2, "{not json")


def test_an_unknown_feature_is_quarantined(bay: Bay) -> None:
    record = capture("id-1")
    request = record["captureData"]["endpointInput"]
    request.update(data='{"instances": [{"tempp": 1}]}', encoding="JSON")
    bay.captured("a", lines(record))
    ingest(bay.run())
    assert bay.reasons() == [("unknown_feature", 1)]
    assert "tempp" in bay.quarantine()[0]["detail"]


def test_a_long_or_undecodable_record_is_kept_up_to_4_kib(bay: Bay) -> None:
    bay.captured("a", lines(b"\xff" * 10_000, "é".encode() * 10_000))
    ingest(bay.run())
    assert [len(row["record"].encode()) for row in bay.quarantine()] == [4096, 4096]


def test_an_id_that_comes_twice_in_a_run_is_accepted_once(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1"), capture("id-1")))
    bay.captured("b", lines(capture("id-1"), capture("id-2")))
    ingest(bay.run())
    assert bay.ids() == ["id-1", "id-2"]
    assert bay.reasons() == [("duplicate_id", 2), ("duplicate_id", 1)]


def test_an_id_that_the_log_holds_already_is_quarantined(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1")))
    ingest(bay.run())
    bay.captured("b", lines(capture("id-1")), variant="challenger")
    ingest(bay.run())
    assert bay.ids() == ["id-1"]
    assert bay.reasons() == [("duplicate_id", 1)]


@pytest.mark.parametrize(
    "when", [datetime(1969, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
)
def test_an_event_time_that_cannot_be_is_quarantined(bay: Bay, when: datetime) -> None:
    bay.captured("a", lines(capture("id-1", at=when)))
    ingest(bay.run())
    assert bay.reasons() == [("implausible_event_time", 1)]


def test_a_time_of_inference_that_cannot_be_is_quarantined(bay: Bay) -> None:
    record = capture("id-1", at=datetime(9999, 12, 31, tzinfo=UTC))
    record["eventMetadata"]["inferenceTime"] = "9999-12-31T23:59:59Z"
    bay.captured("a", lines(record))
    ingest(bay.run())
    assert bay.reasons() == [("implausible_event_time", 1)]


def test_a_gzipped_object_is_read(bay: Bay) -> None:
    bay.captured("a", gzip.compress(lines(capture("id-1"))))
    ingest(bay.run())
    assert bay.ids() == ["id-1"]


@pytest.mark.parametrize("cut", [12, -4], ids=["torn", "without its end"])
def test_an_object_that_cannot_be_read_is_one_row_of_quarantine(bay: Bay, cut: int) -> None:
    bay.captured("a", gzip.compress(lines(capture("id-1")))[:cut])
    bay.captured("b", lines(capture("id-2")))
    ingest(bay.run())
    assert bay.ids() == ["id-2"]
    assert bay.reasons() == [("unreadable_object", 0)]


def test_an_empty_object_is_settled(bay: Bay) -> None:
    key = bay.captured("a", b"")
    ingest(bay.run())
    ingest(bay.run())
    assert bay.store.reads == [key]


def test_running_again_reads_nothing_and_changes_nothing(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1"), b"bad"))
    ingest(bay.run())
    before = (bay.log(), bay.quarantine(), list(bay.heard.events), list(bay.store.reads))
    ingest(bay.run())
    assert (bay.log(), bay.quarantine(), bay.heard.events, bay.store.reads) == before


def test_what_was_settled_long_ago_is_not_listed_but_late_objects_are_found(bay: Bay) -> None:
    bay.captured("old", lines(capture("id-1")), hour="2025/12/20/00")
    bay.captured("new", lines(capture("id-2")), hour="2025/12/31/00")
    ingest(bay.run())
    bay.captured("late", lines(capture("id-3")), hour="2025/12/30/05")
    bay.captured("challenger", lines(capture("id-4")), variant="challenger", hour="2025/12/31/01")
    ingest(bay.run())
    assert bay.ids() == ["id-1", "id-2", "id-3", "id-4"]


def test_a_model_that_gained_a_feature_goes_on_in_the_same_log(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1")))
    ingest(bay.run())
    model = bay.run().model
    wide = model.model_copy(update={"features": {**model.features, "gust": FeatureKind.NUMERIC}})
    record = capture("id-2")
    request = record["captureData"]["endpointInput"]
    request.update(data='{"instances": [{"temp": 1, "gust": 9}]}', encoding="JSON")
    bay.captured("b", lines(record))
    ingest(bay.run(model=wide))
    assert [row["gust"] for row in bay.log()] == [None, 9.0]


def test_read_good_and_quarantined_are_published_per_variant(bay: Bay) -> None:
    bay.captured("a", lines(*(capture(f"a{i}") for i in range(150)), *[b"bad"] * 50))
    bay.captured("b", lines(*(capture(f"b{i}", version="2") for i in range(120))), "challenger")
    ingest(bay.run())
    champion, challenger = ("flights", "1", "champion"), ("flights", "2", "challenger")
    assert bay.heard.series("tidewatch_prediction_log_read_rows") == {
        champion: 200.0,
        challenger: 120.0,
    }
    assert bay.heard.series("tidewatch_prediction_log_good_rows")[champion] == 150.0
    assert bay.heard.series("tidewatch_prediction_log_quarantined_rows") == {
        champion: 50.0,
        challenger: 0.0,
    }
    assert bay.heard.series("tidewatch_prediction_log_quarantined_reason_rows") == {
        (*champion, "not_json"): 50.0
    }
    assert bay.heard.series("tidewatch_prediction_log_quarantined_share")[champion] == 0.25
    assert bay.heard.series("tidewatch_prediction_log_verdict") == {champion: 2.0, challenger: 0.0}
    assert sorted(event.verdict for event in bay.heard.events) == ["critical", "ok"]


def test_a_run_without_new_objects_only_says_that_it_lives(bay: Bay) -> None:
    ingest(bay.run())
    assert [sample.name for sample in bay.heard.samples] == [
        "tidewatch_prediction_log_last_success_timestamp_seconds"
    ]
