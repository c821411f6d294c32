"""Event times that a row may have, next to the time of its inference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

# No model predicts what was before 1970; and windows must be able to be cut.
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Clock:
    """How far an event may lie ahead of its inference, or behind it; None: as far as it likes.

    An event may be ahead because it is what is predicted, as a departure.
    """

    ahead: timedelta
    behind: timedelta | None

    def implausible(self, event_times: pa.TimestampArray) -> Mask:
        """Which events no window may be cut by."""
        times = _microseconds(event_times)
        impossible: Mask = (times < _since_1970(_EARLIEST)) | (times >= _since_1970(_LATEST))
        return impossible

    def skewed(self, event_times: pa.TimestampArray, inference_times: pa.TimestampArray) -> Mask:
        """Which events lie too far from their inference for both clocks to be right."""
        lead = _microseconds(event_times) - _microseconds(inference_times)
        skewed: Mask = lead > self.ahead // _MICROSECOND
        if self.behind is not None:
            skewed |= -lead > self.behind // _MICROSECOND
        return skewed


def _microseconds(times: pa.TimestampArray) -> NDArray[np.int64]:
    values: NDArray[np.int64] = times.cast(pa.int64()).to_numpy()
    return values


def _since_1970(time: datetime) -> int:
    return (time - _EARLIEST) // _MICROSECOND
