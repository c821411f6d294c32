"""Text from outside stays text: in a log, in a terminal, and on a page."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from localcloud.inbox.message import Message
from localcloud.inbox.page import Filter
from localcloud.inbox.page import render as render_inbox
from localcloud.inbox.store import Store
from monitoring_jobs.report.compared_rows import ComparedRows
from monitoring_jobs.report.evidently_page import render
from tests.unit.monitoring.world import MODEL, truth
from tidewatch.cli.main import main
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import DataError, Fault
from tidewatch.monitoring.entry_point import OneLine, run_job

SCRIPT = "</script><script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
CRLF = "late\r\nERROR all is lost\r\nSet-Cookie: a=b"
ANSI = "\x1b[2J\x1b[31mall is lost\x1b]0;title\x07"
UNSEEN = "safe\u202egnp.exe\u2028next\u0085line"
HOSTILE = [SCRIPT, IMAGE, CRLF, ANSI, UNSEEN]
STEERING = {"\r", "\x1b", "\x07", "\u202e", "\u2028", "\u0085"}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_fault_is_one_line_whatever_it_quotes(text: str) -> None:
    said = str(Fault(f"column {text}", text, "a number", "mend it"))
    assert said.isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_log_message_is_one_line_whatever_it_quotes(text: str) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLine("%(levelname)s %(name)s: %(message)s"))
    record = logging.LogRecord("job", logging.INFO, "", 0, "variant %s", (text,), None)
    handler.emit(record)
    [line] = written.getvalue().splitlines()
    assert line.startswith("INFO job: variant ")
    assert line.isprintable()


def test_each_fault_of_a_failing_job_is_a_line_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ML_ROOT", str(tmp_path))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])

    def fail() -> None:
        raise DataError(Fault(CRLF, ANSI, "a", "b"), Fault("other", UNSEEN, "a", "b"))

    with pytest.raises(SystemExit):
        run_job(fail)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["ERROR DataError"] * 2
    assert all(line.isprintable() for line in lines)
    assert (tmp_path / "output" / "message").read_text().count("\n") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_the_drift_table_shows_a_hostile_column_name_as_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    random = np.random.default_rng(1)
    for name in ("reference", "current"):
        columns = {text: random.normal(size=500), "fine": random.normal(size=500)}
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    main(["drift", str(tmp_path / "reference.parquet"), str(tmp_path / "current.parquet")])
    shown = capsys.readouterr()
    for printed in (shown.out, shown.err):
        assert not STEERING & set(printed)
        assert not any(line.startswith(("ERROR", "Set-Cookie")) for line in printed.splitlines())


def test_the_drift_document_escapes_what_a_terminal_would_obey(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pa.table({ANSI: np.arange(500.0)})
    pq.write_table(table, tmp_path / "t.parquet")
    place = str(tmp_path / "t.parquet")
    main(["drift", place, place, "--json"])
    printed = capsys.readouterr().out
    assert not STEERING & set(printed)
    assert ANSI in json.dumps(json.loads(printed), ensure_ascii=False).encode().decode(
        "unicode_escape"
    )


def _side(values: list[str]) -> pa.Table:
    rows = len(values)
    scores, labels = truth(rows, 5)
    return pa.table(
        {
            "temp": np.random.default_rng(2).normal(size=rows),
            "carrier": values,
            "score": scores,
            "label": labels.astype(int),
        }
    )


@pytest.mark.parametrize("text", [SCRIPT, IMAGE])
def test_a_category_cannot_become_markup_in_the_report(text: str) -> None:
    side = _side([text, "AA"] * 150)
    page = render(MODEL, ComparedRows(side, side)).decode()
    assert text not in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_class_cannot_become_markup_in_the_report() -> None:
    classes = ["late", SCRIPT, IMAGE.replace('"', "'")]
    document = MODEL.model_dump() | {"task": "multiclass_classification", "classes": classes}
    model = ModelConfig.model_validate(document)
    places = np.arange(300) % 3
    side = _side(["AA", "UA"] * 150)
    side = side.set_column(2, "score", pa.array(places.astype(float)))
    side = side.set_column(3, "label", pa.array(places.astype(float)))
    page = render(model, ComparedRows(side, side)).decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_a_feature_cannot_have_a_name_that_is_more_than_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="features"):
        ModelConfig.model_validate(MODEL.model_dump() | {"features": {text: "numeric"}})


@pytest.mark.parametrize("text", HOSTILE)
def test_the_inbox_shows_a_hostile_message_as_text(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path / "messages.jsonl")
    store.add(
        Message(
            channel="email",
            severity="critical",
            to=text,
            title=text,
            text=text,
            source=text,
            raw={"body": text},
        )
    )
    page = render_inbox(store.all(), Filter(), [f"{text}.html"])
    assert "<script>alert" not in page
    assert "<img src=x" not in page
