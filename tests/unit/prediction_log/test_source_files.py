"""Files as they arrive: large, packed, cut off, half written, or none of ours."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest

from monitoring_jobs.prediction_log import settle, source_objects, unpacked
from monitoring_jobs.prediction_log.ingest import ingest
from tests.unit.monitoring.killer import Killed, Killer
from tests.unit.prediction_log.bay import Bay, capture, label, lines, new_bay
from tidewatch.core.capture.columnar import blocks

BAD = b"{half a record"


@pytest.fixture
def bay(tmp_path: Path) -> Bay:
    return new_bay(tmp_path)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is large."""
    monkeypatch.setattr(source_objects, "_BATCH_BYTES", 2000)
    monkeypatch.setattr(settle, "_PORTION_BYTES", 3000)
    monkeypatch.setattr(blocks.blocks_of, "__defaults__", (1000,))
    monkeypatch.setattr(unpacked, "_HELD", 2000)


def _large() -> bytes:
    records = [capture(f"id-{i:02}") for i in range(30)]
    return lines(BAD, *records[:20], records[3], b"", *records[20:], b"junk")


IDS = [f"id-{i:02}" for i in range(30)]
REASONS = [("not_json", 1), ("duplicate_id", 22), ("not_json", 34)]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_large_object_is_settled_portion_by_portion(bay: Bay, pack: type[bytes]) -> None:
    key = bay.captured("a", pack(_large()))
    ingest(bay.run())
    assert bay.ids() == IDS
    assert bay.reasons() == REASONS
    assert bay.quarantine()[1]["record"] == lines(capture("id-03")).decode().strip()
    counted = bay.heard.series("tidewatch_prediction_log_read_rows")
    assert counted == {("flights", "1", "champion"): 33.0}
    ingest(bay.run())
    assert set(bay.store.reads) == {key}
    assert bay.ids() == IDS


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_killed_within_a_large_object_is_completed_by_the_next(
    tmp_path: Path, after: bool
) -> None:
    steps = 8
    for step in range(1, steps + 1):
        bay = new_bay(tmp_path / str(step))
        bay.captured("a", _large())
        with pytest.MonkeyPatch.context() as patch:
            Killer(patch, at=step, after=after)
            with pytest.raises(Killed):
                ingest(bay.run())
        ingest(bay.run())
        assert bay.ids() == IDS
        assert bay.reasons() == REASONS


@pytest.mark.usefixtures("small")
def test_labels_of_a_large_object_wait_and_are_settled_together(bay: Bay) -> None:
    bay.captured("a", lines(*(capture(f"id-{i}") for i in range(30))))
    bay.labelled("l", lines(label("late"), *(label(f"id-{i}") for i in range(30)), BAD))
    ingest(bay.run())
    assert len(bay.labels()) == 30
    assert bay.quarantine() == []
    bay.captured("b", lines(capture("late")))
    ingest(bay.run())
    assert len(bay.labels()) == 31
    assert bay.reasons() == [("not_json", 32)]


def test_gzip_of_several_members_is_read_whole(bay: Bay) -> None:
    members = [gzip.compress(lines(capture(f"id-{i}"))) for i in range(3)]
    bay.captured("a", b"".join(members) + b"\0\0")
    ingest(bay.run())
    assert bay.ids() == ["id-0", "id-1", "id-2"]


@pytest.mark.parametrize("tail", [b"junk", gzip.compress(b"x" * 999)[:20]], ids=["junk", "torn"])
def test_nothing_of_an_object_with_a_broken_member_is_taken(bay: Bay, tail: bytes) -> None:
    bay.captured("a", gzip.compress(lines(capture("id-1"))) + tail)
    ingest(bay.run())
    assert bay.ids() == []
    assert bay.reasons() == [("unreadable_object", 0)]


def test_text_that_packs_well_is_no_fault(bay: Bay) -> None:
    bay.captured("a", gzip.compress(lines(capture("id-1")) + b"\n" * 5_000_000))
    ingest(bay.run())
    assert bay.ids() == ["id-1"]


@pytest.mark.parametrize("mark", [b"PAR1", b"PK\x03\x04", b"Obj\x01"])
def test_a_file_of_another_format_is_one_row_of_quarantine(bay: Bay, mark: bytes) -> None:
    bay.captured("a", mark + b"\n\xff\n" * 100)
    bay.labelled("l", mark + b"\n\xff\n" * 100)
    ingest(bay.run())
    assert bay.reasons() == [("unreadable_object", 0)] * 2
    assert bay.quarantine()[0]["record"].startswith(mark.decode())


def test_a_line_that_does_not_end_is_refused(bay: Bay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "_LONGEST_LINE", 10_000)
    bay.captured("a", gzip.compress(b"x" * 3_000_000))
    ingest(bay.run())
    assert bay.reasons() == [("unreadable_object", 0)]


def test_half_a_record_at_the_end_of_a_file_is_quarantined(bay: Bay) -> None:
    whole = lines(capture("id-1"), capture("id-2"))
    bay.captured("a", whole[:-100])
    ingest(bay.run())
    assert bay.ids() == ["id-1"]
    assert bay.reasons() == [("not_json", 2)]


def test_the_last_record_needs_no_line_end(bay: Bay) -> None:
    bay.captured("a", lines(capture("id-1"), capture("id-2")).rstrip())
    ingest(bay.run())
    assert bay.ids() == ["id-1", "id-2"]


def test_raw_deflate_is_no_gzip_and_no_crash(bay: Bay) -> None:
    bay.captured("a", zlib.compress(lines(capture("id-1"))))
    ingest(bay.run())
    assert bay.ids() == []
    assert bay.quarantine()
