"""What people sent to a model stays in its tables: no log, label, event or page repeats it."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from monitoring_jobs.data_monitor.watch_data import watch_data
from monitoring_jobs.model_monitor.watch_quality import watch_quality
from monitoring_jobs.prediction_log.ingest import ingest
from monitoring_jobs.report.evidently_page import render
from monitoring_jobs.report.write_report import ReportRun, write_report
from tests.unit.monitoring.world import (
    MODEL,
    START,
    FakeBaselines,
    World,
    baseline,
    features,
    serving,
    truth,
)
from tests.unit.prediction_log.bay import Bay, capture, label, lines, new_bay
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import TidewatchError

CANARY = "jane.canary@example.com"
ROWS = 300


def a_model() -> ModelConfig:
    """The model, told to look into each value of a feature, with metrics that choke on some."""
    document = MODEL.model_dump()
    document["monitoring"]["segments"] = ["carrier"]
    document["monitoring"]["metrics"] = {
        "shown": {"sql": "max(carrier)"},
        "cast": {"sql": "max(carrier::INTEGER)"},
        "own": {"entry_point": "tests.security.careless_metric:quoting"},
    }
    return ModelConfig.model_validate(document)


def with_canaries(name: str, day: int) -> dict[str, Any]:
    """A day's predictions, some of them for a carrier that is somebody's address."""
    record = capture(name, rows=ROWS, at=START + timedelta(days=day))
    sent = record["captureData"]["endpointInput"]["data"].splitlines()
    sent[::10] = [line.replace("AA", CANARY) for line in sent[::10]]
    record["captureData"]["endpointInput"]["data"] = "\n".join(sent) + "\n"
    return record


def malformed() -> list[bytes]:
    """Records that go to quarantine, each with the address in another place."""
    unknown = capture("unknown")
    unknown["captureData"]["endpointInput"].update(
        data=json.dumps({"instances": [{CANARY: 1}]}), encoding="JSON"
    )
    no_number = capture("no-number")
    no_number["captureData"]["endpointInput"]["data"] = f"{CANARY},AA,2013-04-01T00:00:00Z\n"
    no_answer = capture("no-answer")
    no_answer["captureData"]["endpointOutput"]["data"] = CANARY
    version = capture("version", version=CANARY)
    records = [unknown, no_number, no_answer, version]
    return [f"not json {CANARY}".encode(), *(json.dumps(record).encode() for record in records)]


@dataclass
class Told:
    """Everything that leaves the jobs, but for their tables."""

    bay: Bay
    pages: dict[str, bytes] = field(default_factory=dict)

    def document(self, _version: str, _name: str) -> bytes:
        scores, labels = truth(ROWS, 5)
        table = features(ROWS, 5).append_column("score", pa.array(scores))
        sink = io.BytesIO()
        pq.write_table(table.append_column("label", pa.array(labels.astype(int))), sink)
        return sink.getvalue()

    def write(self, key: str, body: bytes, content_type: str) -> None:
        del content_type
        self.pages[key] = body


def run_everything(bay: Bay) -> Told:
    """All monitoring jobs over what the bay holds; a job that fails has said so in its log."""
    world = World(bay.root, serving(champion="1"), FakeBaselines({"1": baseline()}), bay.heard)
    world.model = a_model()
    ingest(replace(bay.run(), model=world.model))
    for watch in (watch_data, watch_quality):
        try:
            watch(world.run())
        except TidewatchError as error:
            logging.getLogger("job").error("%s", error)  # noqa: TRY400 - as `run_job` does
    told = Told(bay)
    write_report(ReportRun(world.run(), told, told, render))  # type: ignore[arg-type]
    return told


@pytest.fixture
def told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Told:
    caplog.set_level(logging.DEBUG)
    bay = new_bay(tmp_path)
    bay.captured("first", lines(with_canaries("first", 0), *malformed()))
    bay.captured("second", lines(with_canaries("second", 1)))
    bay.captured("third", lines(with_canaries("third", 2)))
    answers = np.random.default_rng(3).integers(0, 2, ROWS)
    bay.labelled(
        "labels",
        lines(
            *(label(f"first#{i}", str(answer)) for i, answer in enumerate(answers)),
            f"not json {CANARY}".encode(),
            label("first#0", CANARY),
        ),
    )
    return run_everything(bay)


def test_the_canaries_were_taken_in_and_quarantined(told: Told) -> None:
    assert CANARY in {row["carrier"] for row in told.bay.log()}
    assert len([row for row in told.bay.quarantine() if CANARY in row["record"]]) >= 6


def test_no_log_repeats_what_people_sent(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    assert told.pages
    written = "\n".join(record.getMessage() for record in caplog.get_records("setup"))
    for metric in ("shown", "cast", "own"):
        assert f"monitoring.metrics.{metric}: found" in written, "the careless metrics must fail"
    assert CANARY not in written


def test_no_label_of_a_series_and_no_dimension_repeats_what_people_sent(told: Told) -> None:
    assert told.bay.heard.samples
    assert told.bay.heard.aggregates
    assert CANARY not in repr(told.bay.heard.samples)
    assert CANARY not in repr(told.bay.heard.aggregates)


def test_no_event_repeats_what_people_sent(told: Told) -> None:
    assert told.bay.heard.events
    assert CANARY not in repr(told.bay.heard.events)


def test_no_report_repeats_what_people_sent(told: Told) -> None:
    assert told.pages
    for page in told.pages.values():
        assert CANARY.encode() not in page
