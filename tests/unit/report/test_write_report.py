"""The report shows the newest judged window against the reference of its version."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from monitoring_jobs.data_monitor.watch_data import watch_data
from monitoring_jobs.report.compared_rows import ComparedRows
from monitoring_jobs.report.evidently_page import render
from monitoring_jobs.report.write_report import ReportRun, write_report
from tests.unit.monitoring.world import MODEL, START, Traffic, World, features, new_world, truth
from tidewatch.aws.baselines import PackageBaselines
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import BaselineError
from tidewatch.core.window import Window

EVIL = "</script><script>alert(1)</script>"


def _reference(rows: int = 300) -> pa.Table:
    scores, labels = truth(rows, 5)
    table = features(rows, 5).append_column("score", pa.array(scores))
    return table.append_column("label", pa.array(labels.astype(int)))


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@dataclass
class FakeReports:
    """References in, pages out."""

    parquet: bytes = field(default_factory=lambda: _parquet(_reference()))
    pages: dict[str, bytes] = field(default_factory=dict)
    compared: list[ComparedRows] = field(default_factory=list)

    def document(self, version: str, name: str) -> bytes:
        assert (version, name) == ("1", "reference")
        return self.parquet

    def write(self, key: str, body: bytes, content_type: str) -> None:
        assert content_type.startswith("text/html")
        self.pages[key] = body

    def render(self, model: ModelConfig, rows: ComparedRows) -> bytes:
        assert model == MODEL
        self.compared.append(rows)
        return b"<html>"

    def run(self, world: World, **changes: object) -> ReportRun:
        return ReportRun(world.run(**changes), self, self, self.render)  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def test_the_newest_judged_window_with_data_is_reported_under_its_date(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1), Traffic(day=3), Traffic(day=5, rows=7))
    watch_data(world.run())
    reports = FakeReports()
    assert write_report(reports.run(world)) == "flights/2013-04-04.html"
    assert reports.pages == {"flights/2013-04-04.html": b"<html>"}
    assert world.heard.series("tidewatch_report_last_success_timestamp_seconds")


def test_a_window_may_be_asked_for(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1), Traffic(day=2))
    watch_data(world.run())
    window = Window(START, START + timedelta(days=1))
    assert write_report(FakeReports().run(world, window=window)) == "flights/2013-04-01.html"


def test_without_a_judged_window_there_is_no_report_and_no_error(world: World) -> None:
    reports = FakeReports()
    assert write_report(reports.run(world)) is None
    assert reports.pages == {}


def test_rows_are_of_one_subject_and_have_their_labels(world: World) -> None:
    part = Traffic(day=0)
    world.log(part, Traffic(day=0, variant="challenger", rows=30), Traffic(day=1))
    world.label(part, last=100)
    watch_data(world.run())
    reports = FakeReports()
    write_report(reports.run(world))
    (rows,) = reports.compared
    assert rows.current.column_names == rows.reference.column_names
    assert rows.current.num_rows == 400
    assert rows.current["label"].null_count == 300


def test_at_most_5000_rows_a_side_are_compared(world: World) -> None:
    world.log(Traffic(day=0, rows=6000), Traffic(day=1))
    watch_data(world.run())
    reports = FakeReports(parquet=_parquet(_reference(6000)))
    write_report(reports.run(world))
    (rows,) = reports.compared
    assert (rows.reference.num_rows, rows.current.num_rows) == (5000, 5000)


def test_a_version_without_a_reference_is_a_clear_error(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1))
    watch_data(world.run())
    run = FakeReports().run(world)
    bare = ReportRun(
        run.monitor, PackageBaselines("flights", world.versions), run.reports, run.render
    )
    with pytest.raises(BaselineError, match=r"version 1.*no property 'reference'"):
        write_report(bare)


def test_a_reference_that_is_no_parquet_is_a_clear_error(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1))
    watch_data(world.run())
    with pytest.raises(BaselineError, match=r"reference\.parquet"):
        write_report(FakeReports(parquet=b"junk").run(world))


@pytest.mark.parametrize("labelled", [True, False], ids=["with labels", "without labels"])
def test_the_page_shows_drift_and_quality_where_there_are_labels(labelled: bool) -> None:
    reference = _reference()
    current = reference
    if not labelled:
        empty = pa.nulls(reference.num_rows, pa.int64())
        current = reference.set_column(reference.num_columns - 1, "label", empty)
    page = render(MODEL, ComparedRows(reference, current)).decode()
    assert "temp" in page
    assert ("Accuracy" in page) is labelled


def test_users_data_cannot_become_markup_on_the_page() -> None:
    reference = _reference()
    evil = pa.array([EVIL, "AA"] * (reference.num_rows // 2))
    both = reference.set_column(1, "carrier", evil)
    page = render(MODEL, ComparedRows(both, both)).decode()
    assert EVIL not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_value_that_the_reference_never_had_is_counted_but_not_shown() -> None:
    reference = _reference()
    strange = pa.array(["jane.doe@example.com", "AA"] * (reference.num_rows // 2))
    current = reference.set_column(1, "carrier", strange)
    page = render(MODEL, ComparedRows(reference, current)).decode()
    assert "jane.doe" not in page
    assert "(not in the reference)" in page


def test_a_column_without_any_value_is_left_out() -> None:
    reference = _reference()
    current = reference.set_column(0, "temp", pa.nulls(reference.num_rows, pa.float64()))
    assert b"carrier" in render(MODEL, ComparedRows(reference, current))
