"""The history of judged windows, and the ledger that makes each be judged and published once.

Marks in the metrics table (see `tidewatch.aws.ledger`), for a unit, a model and a window:

- `<window>`: the evidence on which all of the window was judged;
- `<window>/<version>/<variant>/judged`: the evidence that subject was judged on, set in one
  commit with its rows;
- `<window>/<version>/<variant>/published`: the same, set once the verdict was announced;
- `run`: when a run last committed, in seconds since the epoch. Whoever finds verdicts unpublished
  leaves them to that run until its lease is over, then takes them over.

Evidence is a number that changes when the window has to be judged again: for model quality the
count of labels. A commit that loses against another run raises CommitFailedError, after which the
state is read again. What is published may come twice only where a run died between announcing a
verdict and marking it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from tidewatch.aws import ledger
from tidewatch.aws.rows import collect, day, moment, text
from tidewatch.aws.tables import METRICS, ensure_table
from tidewatch.aws.transactions import with_transactions
from tidewatch.core.verdict import Direction, Verdict
from tidewatch.core.window import Window
from tidewatch.monitoring.judged_window import JudgedWindow, Measurement, Subject

_JUDGED = "judged"
_PUBLISHED = "published"


@dataclass(frozen=True)
class Judging:
    """A window's judgement to be recorded; `evidence` is what it stands on, a number a subject.

    `complete` is the evidence of the whole window, or None where a subject is still missing.
    """

    window: Window
    judged: tuple[JudgedWindow, ...]
    evidence: Mapping[Subject, int]
    complete: int | None


class History:
    """The judged windows of one unit and one model, in the metrics table under `root`."""

    def __init__(self, root: str, unit: str, model: str) -> None:
        self._uri = f"{root}/metrics"
        self._unit = unit
        self._model = model
        self._prefix = f"{unit}/{model}/"
        ensure_table(self._uri, METRICS)
        self.refresh()

    def refresh(self) -> None:
        """Reads the state again."""
        self._table, self._marks = with_transactions(self._uri)

    def judged_on(self, window: Window, subject: Subject | None = None) -> int | None:
        """The evidence that the window, or one subject in it, was judged on; None if it was not."""
        if subject is None:
            return self._marks.get(f"{self._prefix}{window}")
        return self._marks.get(self._name(window, subject, _JUDGED))

    def record(self, judging: Judging, now: datetime) -> None:
        """Puts the judged windows into the table, in the place of what was there for them."""
        marks = {
            self._name(judging.window, item.subject, _JUDGED): judging.evidence[item.subject]
            for item in judging.judged
        }
        if judging.complete is not None:
            marks[f"{self._prefix}{judging.window}"] = judging.complete
        before = [item.subject for item in judging.judged if self._is_judged(item)]
        rows = _to_table(judging.judged, now)
        if before:
            predicate = self._predicate(judging.window, [item.subject for item in judging.judged])
            ledger.replace(self._table, rows, predicate, marks | self._claim(now))
        else:
            ledger.append(self._table, rows, marks | self._claim(now))
        self._marks |= marks | self._claim(now)

    def take_over(self, lease_seconds: int, now: datetime) -> list[JudgedWindow]:
        """The verdicts that a dead run left unpublished; from now on they are this run's."""
        orphans = [
            (window, subject)
            for window, subject, evidence in self.subjects()
            if self._marks.get(self._name(window, subject, _PUBLISHED)) != evidence
        ]
        alive = now.timestamp() - self._marks.get(f"{self._prefix}run", 0) < lease_seconds
        if alive or not orphans:
            return []
        ledger.mark(self._table, self._claim(now))
        self._marks |= self._claim(now)
        return [item for window, subject in orphans for item in self.read(window, [subject])]

    def mark_published(self, published: Iterable[JudgedWindow]) -> None:
        """Notes that these verdicts were announced."""
        marks = {
            self._name(item.window, item.subject, _PUBLISHED): self._marks[
                self._name(item.window, item.subject, _JUDGED)
            ]
            for item in published
        }
        if marks:
            ledger.mark(self._table, marks)
            self._marks |= marks

    def newest(self, subjects: Iterable[Subject]) -> list[JudgedWindow]:
        """The newest judged window of each of `subjects` that has one."""
        wanted = set(subjects)
        newest: dict[Subject, Window] = {}
        for window, subject, _ in self.subjects():
            if subject in wanted:
                newest.setdefault(subject, window)
        return [item for subject, window in newest.items() for item in self.read(window, [subject])]

    def subjects(self) -> list[tuple[Window, Subject, int]]:
        """Every judged window and subject, with its evidence, newest first."""
        found = []
        for name, evidence in self._marks.items():
            if name.startswith(self._prefix) and name.endswith(f"/{_JUDGED}"):
                start, end, version, variant, _ = name.removeprefix(self._prefix).split("/")
                window = Window.parse(f"{start}/{end}")
                found.append((window, Subject(version, variant), evidence))
        return sorted(found, reverse=True)

    def read(self, window: Window, subjects: list[Subject]) -> list[JudgedWindow]:
        """The judged windows of `subjects` in `window`, as the table holds them."""
        rows = collect(self._table, METRICS.names, self._predicate(window, subjects)).to_pylist()
        found: dict[Subject, list[Measurement]] = {}
        for row in rows:
            subject = Subject(row["version"], row["variant"])
            found.setdefault(subject, []).append(_measurement(row))
        return [
            JudgedWindow(self._model, self._unit, subject, window, tuple(measurements))
            for subject, measurements in sorted(found.items())
        ]

    def _is_judged(self, item: JudgedWindow) -> bool:
        return self._name(item.window, item.subject, _JUDGED) in self._marks

    def _name(self, window: Window, subject: Subject, step: str) -> str:
        return f"{self._prefix}{window}/{subject.version}/{subject.variant}/{step}"

    def _claim(self, now: datetime) -> dict[str, int]:
        return {f"{self._prefix}run": int(now.timestamp())}

    def _predicate(self, window: Window, subjects: list[Subject]) -> str:
        any_subject = " OR ".join(
            f"(version = {text(subject.version)} AND variant = {text(subject.variant)})"
            for subject in subjects
        )
        return (
            f"model = {text(self._model)} AND unit = {text(self._unit)}"
            f" AND day = {day(window.start.date())}"
            f" AND window_start = {moment(window.start)} AND window_end = {moment(window.end)}"
            f" AND ({any_subject})"
        )


def _to_table(judged: Iterable[JudgedWindow], now: datetime) -> pa.Table:
    rows = [
        {
            "model": item.model,
            "version": item.subject.version,
            "variant": item.subject.variant,
            "unit": item.unit,
            "metric": measurement.metric,
            "feature": measurement.feature,
            "segment": measurement.segment,
            "window_start": item.window.start,
            "window_end": item.window.end,
            "value": measurement.value,
            "verdict": measurement.verdict and measurement.verdict.value,
            "warning": measurement.warning,
            "critical": measurement.critical,
            "direction": measurement.direction and measurement.direction.value,
            "rows": measurement.rows,
            "judged_at": now,
            "day": item.window.start.astimezone(UTC).date(),
        }
        for item in judged
        for measurement in item.measurements
    ]
    return pa.Table.from_pylist(rows, schema=METRICS)


def _measurement(row: Mapping[str, Any]) -> Measurement:
    return Measurement(
        metric=row["metric"],
        feature=row["feature"],
        # Rows from before there were segments have none.
        segment=row["segment"] or "",
        value=row["value"],
        rows=row["rows"],
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        warning=row["warning"],
        critical=row["critical"],
        direction=Direction(row["direction"]) if row["direction"] else None,
    )
