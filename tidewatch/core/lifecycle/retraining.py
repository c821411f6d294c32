"""Whether a critical verdict should start a training run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tidewatch.core.window import Window


@dataclass(frozen=True)
class RetrainingDecision:
    """Train on data up to `train_end`, or not; `reason` says why either way."""

    train_end: datetime | None
    reason: str


def decide_retraining(
    window: Window, *, trained_until: datetime | None, min_new_data: timedelta, running: bool
) -> RetrainingDecision:
    """Whether a critical `window` calls for training on the data up to its end.

    `trained_until` is the end of the newest version's training data, whether that version was
    approved or still waits: a version that waits is the answer to the same alert. Training again
    on nearly the same data would give the same model, hence `min_new_data`; and while a run is
    `running`, its version is not known yet.
    """
    if running:
        return RetrainingDecision(None, "a training run is under way")
    if trained_until is None:
        return RetrainingDecision(None, "no version exists yet: train a first one by hand")
    fresh = window.end - trained_until
    if fresh < min_new_data:
        return RetrainingDecision(
            None,
            f"{fresh} of data is newer than the newest version's; {min_new_data} is asked for",
        )
    return RetrainingDecision(window.end, f"critical verdict on {window}")
