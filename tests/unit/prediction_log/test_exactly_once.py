"""Nothing is lost and nothing comes twice: killed anywhere, several at a time, whatever arrives."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring_jobs.prediction_log.ingest import ingest
from tests.unit.monitoring.killer import Killed, Killer
from tests.unit.prediction_log.bay import Bay, capture, label, lines, new_bay
from tidewatch.core.capture import CaptureSpec, parse_capture_line


def _filled(folder: Path) -> Bay:
    bay = new_bay(folder)
    bay.captured("a", lines(capture("a1", rows=2), b"junk", capture("a2")))
    bay.captured("b", lines(capture("a2"), capture("b1")), variant="challenger")
    bay.captured("c", lines(capture("c1")))
    bay.labelled("l", lines(label("a2"), label("c1"), b"junk"))
    return bay


def _contents(bay: Bay) -> tuple[object, ...]:
    tables = (bay.log(), bay.labels(), bay.quarantine())
    times = {"labelled_at", "quarantined_at"}
    return tuple([{k: v for k, v in r.items() if k not in times} for r in rows] for rows in tables)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_killed_at_any_step_is_completed_by_the_next(after: bool, tmp_path: Path) -> None:
    expected = _filled(tmp_path / "undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        killer = Killer(patch, at=0, after=after)
        ingest(expected.run())
    assert killer.steps == 9  # rows and quarantine, twice; the verdict; three voices; one mark
    for step in range(1, killer.steps + 1):
        bay = _filled(tmp_path / str(step))
        with pytest.MonkeyPatch.context() as patch:
            Killer(patch, at=step, after=after)
            with pytest.raises(Killed):
                ingest(bay.run())
        bay.time += timedelta(minutes=5)
        ingest(bay.run())
        assert _contents(bay) == _contents(expected)
        ingest(bay.run())
        assert _contents(bay) == _contents(expected)


def test_runs_at_the_same_time_take_every_record_in_once(tmp_path: Path) -> None:
    bay = new_bay(tmp_path / "together")
    alone = new_bay(tmp_path / "alone")
    for each in (bay, alone):
        for i in range(6):
            # Every object brings an id of its own, one that all bring, and one bad record.
            each.captured(f"o{i}", lines(capture(f"id-{i}"), capture("same"), b"junk"))
    ingest(alone.run())
    errors: list[BaseException] = []

    def run() -> None:
        try:
            ingest(bay.run())
        except BaseException as error:  # noqa: BLE001 - the test reports it
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert _contents(bay) == _contents(alone)


def test_runs_that_see_different_objects_do_not_take_one_id_in_twice(tmp_path: Path) -> None:
    bay = new_bay(tmp_path)
    bay.captured("a", lines(capture("same")))
    other = new_bay(tmp_path)
    other.captured("b", lines(capture("same")), variant="challenger")
    with pytest.MonkeyPatch.context() as patch:
        # The other run gets in between this one's look at the log and its commit.
        ahead = Interleaved(patch, lambda: ingest(other.run()))
        ingest(bay.run())
    assert ahead.happened
    assert bay.ids() == ["same"]
    assert [row["reason"] for row in bay.quarantine()] == ["duplicate_id"]


class Interleaved:
    """Runs something else right before the first commit."""

    def __init__(self, patch: pytest.MonkeyPatch, other: object) -> None:
        from tidewatch.aws import ledger  # noqa: PLC0415

        self.happened = False
        commit = ledger.append

        def append(*args: object) -> None:
            if not self.happened:
                self.happened = True
                other()  # type: ignore[operator]
            commit(*args)  # type: ignore[arg-type]

        patch.setattr(ledger, "append", append)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A capture record, perhaps with a byte changed, cut off, or doubled."""
    record = lines(capture(draw(st.sampled_from("abc")), rows=draw(st.integers(1, 3)))).strip()
    how = draw(st.sampled_from(["none", "byte", "cut", "noise"]))
    place = draw(st.integers(0, len(record) - 1))
    if how == "byte":
        return record[:place] + bytes([draw(st.integers(0, 255))]) + record[place + 1 :]
    if how == "cut":
        return record[:place]
    return draw(st.binary(max_size=40)) if how == "noise" else record


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(records=st.lists(damaged(), max_size=6))
def test_read_is_good_and_quarantined_whatever_arrives(records: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        bay = new_bay(Path(folder))
        body = b"\n".join(records)
        bay.captured("a", body)
        ingest(bay.run())
        spec = CaptureSpec.of(bay.run().model)
        rows = [line for line in body.split(b"\n") if line.strip()]
        read = sum(len(parse_capture_line(line, spec)) for line in rows)
        assert read == len(bay.log()) + len(bay.quarantine())
        assert len(set(bay.ids())) == len(bay.ids())
        counted = bay.heard.series("tidewatch_prediction_log_read_rows")
        assert sum(counted.values()) == read
