"""One run of the report: the newest judged window that has data, as a page in S3."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from monitoring_jobs.report.compared_rows import ComparedRows, current_rows, reference_rows
from tidewatch.aws.objects import ObjectStore
from tidewatch.aws.tables import LABELS, ensure_table
from tidewatch.core.config import ModelConfig
from tidewatch.core.window import Window
from tidewatch.monitoring.history import History
from tidewatch.monitoring.judged_window import ROWS, JudgedWindow
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.publication import success

logger = logging.getLogger(__name__)

UNIT = "report"
_JUDGED_BY = "data_monitor"


class References(Protocol):
    """Where a version's reference comes from."""

    def document(self, version: str, name: str) -> bytes:
        """The file that the version's package names `name`. Raises BaselineError without it."""


@dataclass(frozen=True)
class ReportRun:
    """A monitor's run, and what only the report needs."""

    monitor: MonitorRun
    references: References
    reports: ObjectStore
    render: Callable[[ModelConfig, ComparedRows], bytes]


def write_report(run: ReportRun) -> str | None:
    """Writes the page and returns its key; None where no window with data was judged yet."""
    monitor = run.monitor
    model = monitor.model
    newest = _newest(History(monitor.root, _JUDGED_BY, model.name), monitor.window)
    key = None
    if newest is None:
        logger.info("no judged window of %s has data yet: no report", model.name)
    else:
        key = f"{model.name}/{newest.window.start:%Y-%m-%d}.html"
        run.reports.write(key, run.render(model, _rows(run, newest)), "text/html; charset=utf-8")
        logger.info("%s: %s, %s", key, newest.window, newest.subject)
    monitor.publisher.series.send([success(UNIT, model.name, monitor.now())])
    return key


def _rows(run: ReportRun, judged: JudgedWindow) -> ComparedRows:
    monitor = run.monitor
    model, version = monitor.model, judged.subject.version
    labels = ensure_table(f"{monitor.root}/labels/{model.name}", LABELS)
    return ComparedRows(
        reference_rows(run.references.document(version, "reference"), model, version),
        current_rows(model, monitor.prediction_log(), labels, judged.window, judged.subject),
    )


def _newest(history: History, asked_for: Window | None) -> JudgedWindow | None:
    """The newest window with data, or the one asked for; in it the subject with most rows."""
    windows: dict[Window, None] = dict.fromkeys(window for window, _, _ in history.subjects())
    for window in windows:
        if asked_for in (None, window):
            subjects = [subject for each, subject, _ in history.subjects() if each == window]
            largest = max(history.read(window, subjects), key=_row_count)
            if _row_count(largest):
                return largest
    return None


def _row_count(judged: JudgedWindow) -> float:
    return sum(m.value or 0.0 for m in judged.measurements if m.metric == ROWS and m.of_whole)
