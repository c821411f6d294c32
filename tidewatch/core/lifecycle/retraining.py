"""Whether a critical verdict should start a training run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tidewatch.core.window import Window


@dataclass(frozen=True)
class Newest:
    """The newest version that was not rejected, and where its training data ends."""

    version: str
    trained_until: datetime


@dataclass(frozen=True)
class RetrainingDecision:
    """Train on data up to `train_end`, or (None) not; `reason` says why either way."""

    train_end: datetime | None
    reason: str


def decide_retraining(
    window: Window,
    *,
    version: str,
    newest: Newest | None,
    min_new_data: timedelta,
    running: bool,
) -> RetrainingDecision:
    """Whether a critical verdict on `version` in `window` calls for training on newer data.

    Only a verdict on the newest version does: one on an older version is answered already, by
    the version that came after it, even while that one still waits for approval. Training again
    on nearly the same data would give the same model, hence `min_new_data`. While a run is
    `running`, its version is not known yet.
    """
    if running:
        return RetrainingDecision(None, "a training run is under way")
    if newest is None:
        return RetrainingDecision(None, "no version exists yet: train a first one by hand")
    if version != newest.version:
        return RetrainingDecision(None, f"version {newest.version} answers this verdict already")
    fresh = window.end - newest.trained_until
    if fresh < min_new_data:
        return RetrainingDecision(
            None, f"{fresh} of data is newer than the version's own; {min_new_data} is asked for"
        )
    return RetrainingDecision(window.end, f"version {version} is critical in {window}")
