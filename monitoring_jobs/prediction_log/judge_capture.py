"""Judges how much of what an endpoint answered was captured, hour by hour and per variant."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from monitoring_jobs.prediction_log.captured_records import Hour
from tidewatch.core.config import ModelConfig
from tidewatch.core.verdict import FALSE_ALARM_DEVIATIONS, Direction, judge
from tidewatch.core.window import Window
from tidewatch.monitoring.judged_window import (
    JudgedWindow,
    Measurement,
    Subject,
    judged,
    verdict_of,
)
from tidewatch.monitoring.watch import Due, Outcome

UNIT = "capture"


@dataclass(frozen=True)
class CaptureJudge:
    """A `Monitor` of one endpoint's hours: requests answered, and records captured.

    `versions` are those that serve now, by variant: neither count knows which version answered.
    """

    model: ModelConfig
    versions: Mapping[str, str]
    answered: Mapping[Hour, int]
    captured: Mapping[Hour, int]

    def judge(self, due: Due) -> Outcome:
        """See `Monitor`. A variant that answered nothing is not judged."""
        found = tuple(
            self._window(Subject(version, variant), due.window)
            for variant, version in sorted(self.versions.items())
            if self.answered.get((variant, due.window.start))
        )
        return Outcome(found, {item.subject: due.evidence for item in found}, ())

    def _window(self, subject: Subject, window: Window) -> JudgedWindow:
        hour = (subject.variant, window.start)
        answered, captured = self.answered[hour], self.captured.get(hour, 0)
        ratio = judge(
            "ratio",
            capture_ratio(captured, answered, self.model.serving.capture_percent / 100),
            self.model.monitoring.thresholds.capture_ratio,
            Direction.LOWER_IS_WORSE,
            answered,
            1,
        )
        counts = {"answered": answered, "captured": captured}
        return JudgedWindow(
            self.model.name,
            UNIT,
            subject,
            window,
            (
                verdict_of(ratio.verdict, answered),
                judged(ratio),
                *(Measurement(name, "", float(count), answered) for name, count in counts.items()),
            ),
        )


def capture_ratio(captured: int, answered: int, share: float) -> float:
    """Captured records as a share of those that should have been, of `answered` requests.

    Where capture samples, a `share` below 1, the draw varies by itself; the ratio is then the
    highest that one draw of a thousand leaves plausible, at most 1.

    >>> capture_ratio(980, 1000, 1.0)
    0.98
    >>> capture_ratio(480, 1000, 0.5)
    1.0
    >>> round(capture_ratio(400, 1000, 0.5), 3)
    0.898
    """
    if share == 1:
        return captured / answered
    noise = FALSE_ALARM_DEVIATIONS * math.sqrt((1 - share) / (share * answered))
    found = captured / (answered * share)
    return found if found >= 1 else min(1.0, found + noise)
