"""One run of a monitor: judges what is due, then announces it, each once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from tidewatch.aws.ledger import until_no_conflict
from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.window import Window
from tidewatch.monitoring.history import History, Judging
from tidewatch.monitoring.judged_window import JudgedWindow, Subject
from tidewatch.monitoring.publication import (
    Publisher,
    aggregates,
    event,
    samples,
    standing,
    success,
)

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    """A window to judge, and the evidence there is for it (see `history`).

    `final` is False for a window that is not closed yet and is judged on demand: it will be due
    again. `forced` judges what was judged before.
    """

    window: Window
    evidence: int
    final: bool = True
    forced: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a monitor made of one window; a fault stands for each subject it could not judge."""

    judged: tuple[JudgedWindow, ...]
    evidence: Mapping[Subject, int]
    faults: tuple[Fault, ...]


class Monitor(Protocol):
    """The part of a run that differs between units."""

    def judge(self, due: Due) -> Outcome:
        """Judges every subject of the window. Reads only, so that it may be run again."""


@dataclass(frozen=True)
class Watch:
    """A run of `unit` for `model`.

    `serving` are the subjects whose newest verdict is shown, judged now or before.
    """

    unit: str
    model: str
    history: History
    publisher: Publisher
    serving: AbstractSet[Subject]
    lease_seconds: int
    now: Callable[[], datetime]

    def run(self, monitor: Monitor, due: Iterable[Due]) -> None:
        """Judges and records window by window, then announces all of them.

        Verdicts that a dead run left unpublished are announced too. Raises BaselineError at the
        end where a subject has no baseline; all others are judged and announced before.
        """
        announced = self._retried(lambda: self.history.take_over(self.lease_seconds, self.now()))
        published = list(announced)
        faults: dict[Fault, None] = {}
        for item in due:
            recorded, changed, failed = self._retried(partial(self._judge, monitor, item))
            published += recorded
            announced += changed
            faults |= dict.fromkeys(failed)
        self._publish(published, announced, healthy=not faults)
        if faults:
            raise BaselineError(*faults)

    def _judge(
        self, monitor: Monitor, due: Due
    ) -> tuple[list[JudgedWindow], list[JudgedWindow], tuple[Fault, ...]]:
        """Judges one window; what was recorded, what of it is news, and what could not be done."""
        if not due.forced and self.history.judged_on(due.window) == due.evidence:
            return [], [], ()  # another run was faster
        outcome = monitor.judge(due)
        fresh = [item for item in outcome.judged if due.forced or self._is_new(item, outcome)]
        before = self._verdicts_before(due.window, fresh)
        complete = due.evidence if due.final and not outcome.faults else None
        if fresh or complete is not None:
            judging = Judging(due.window, tuple(fresh), outcome.evidence, complete)
            self.history.record(judging, self.now())
        for item in fresh:
            logger.info("%s %s: %s", item.window, item.subject, item.verdict.value)
        changed = [item for item in fresh if before.get(item.subject) is not item.verdict]
        return fresh, changed, outcome.faults

    def _is_new(self, item: JudgedWindow, outcome: Outcome) -> bool:
        return self.history.judged_on(item.window, item.subject) != outcome.evidence[item.subject]

    def _verdicts_before(self, window: Window, fresh: list[JudgedWindow]) -> dict[Subject, object]:
        known = [
            item.subject
            for item in fresh
            if self.history.judged_on(window, item.subject) is not None
        ]
        if not known:
            return {}
        return {item.subject: item.verdict for item in self.history.read(window, known)}

    def _publish(
        self, published: list[JudgedWindow], announced: list[JudgedWindow], *, healthy: bool
    ) -> None:
        """Gauges (series, and what stands) are shown on every run; the rest is told once."""
        now = self.now()
        shown = self.history.newest(self.serving | {item.subject for item in published})
        newest = {(item.subject, item.window) for item in shown}
        heartbeat = [success(self.unit, self.model, now)] if healthy else []
        self.publisher.series.send(
            [*(sample for item in shown for sample in samples(item, now)), *heartbeat]
        )
        serving = [item for item in shown if item.subject in self.serving]
        told = [
            aggregate
            for item in published
            if (item.subject, item.window) in newest
            for aggregate in aggregates(item, now)
        ]
        self.publisher.aggregates.put([*standing(self.unit, self.model, serving, now), *told])
        self.publisher.bus.announce(event(item) for item in announced)
        self._retried(lambda: self.history.mark_published(published))

    def _retried(self, step: Callable[[], T]) -> T:
        return until_no_conflict(step, self.history.refresh)
