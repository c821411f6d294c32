"""A judged window: what one unit measured on one variant, and what it made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tidewatch.core.verdict import Direction, Judgement, Verdict
from tidewatch.core.window import Window

VERDICT = "verdict"
ROWS = "rows"


@dataclass(frozen=True, order=True)
class Subject:
    """Who is judged: a version as one variant served it."""

    version: str
    variant: str


@dataclass(frozen=True)
class Measurement:
    """One metric of a window; `feature` and `segment` are empty for the whole.

    A segment is named `feature=value` and holds the rows with that value. Verdict, limits and
    direction are None where the metric is shown but not judged.
    """

    metric: str
    feature: str
    value: float | None
    rows: int
    verdict: Verdict | None = None
    warning: float | None = None
    critical: float | None = None
    direction: Direction | None = None
    segment: str = ""

    @property
    def of_whole(self) -> bool:
        """Whether this speaks of all rows and of no single feature."""
        return not self.feature and not self.segment

    @property
    def passed(self) -> float | None:
        """The limit that the value passed, if it did."""
        if self.verdict is Verdict.CRITICAL:
            return self.critical
        return self.warning if self.verdict is Verdict.WARNING else None


@dataclass(frozen=True)
class JudgedWindow:
    """All measurements of one subject in one window, the verdict on the whole among them."""

    model: str
    unit: str
    subject: Subject
    window: Window
    measurements: tuple[Measurement, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on the whole."""
        whole = (m for m in self.measurements if m.metric == VERDICT and m.of_whole)
        verdict = next(whole).verdict
        assert verdict is not None
        return verdict


def verdict_of(verdict: Verdict, rows: int, feature: str = "") -> Measurement:
    """A verdict as a measurement: its value is the verdict's code."""
    return Measurement(VERDICT, feature, float(verdict.code), rows, verdict)


def judged(judgement: Judgement) -> Measurement:
    """A judgement as a measurement."""
    return Measurement(
        metric=judgement.metric,
        feature=judgement.feature,
        value=judgement.value,
        rows=judgement.rows,
        verdict=judgement.verdict,
        warning=judgement.warning,
        critical=judgement.critical,
        direction=judgement.direction,
    )


def with_shown(
    judgements: Iterable[Judgement], shown: dict[str, float | None], rows: int, feature: str = ""
) -> list[Measurement]:
    """`judgements`, and of the statistics in `shown` those that were not judged."""
    measured = [judged(judgement) for judgement in judgements]
    names = {measurement.metric for measurement in measured}
    return measured + [
        Measurement(name, feature, value, rows)
        for name, value in shown.items()
        if name not in names
    ]
