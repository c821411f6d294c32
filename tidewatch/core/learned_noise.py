"""Learned noise: how far the windows of a baseline's own period lie from the rest of it.

Rows come in clumps: all flights of one stormy day see the same storm, and so a week of January is
far from the whole winter although nothing has drifted. What sampling explains of that is little;
the rest can only be measured. So the training period is cut into the model's own windows, and
each is compared with the whole as a live window will be. `drift.compare` holds a live window to
the noise found here where it is the larger one.

The rule sees one period only. What its windows never did, such as another season, is drift; what
they did much of, drift must exceed. A feature that wandered as far as a statistic reaches cannot
pass its limit.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.core.distances.resampled_noise import distance_noise
from tidewatch.core.drift import compare
from tidewatch.core.profile import Profile, profile
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import (
    FALSE_ALARM_DEVIATIONS,
    LearnedNoise,
    Noise,
    Verdict,
)
from tidewatch.core.window import windows_between

MIN_WINDOWS = 8
"""Fewer windows than this teach nothing: the spread of a handful is itself a guess."""

_MOMENT = pa.timestamp("us", "UTC")
_PSI = "psi"


def window_profiles(
    rows: pa.Table, event_time: str, length: timedelta, whole: Profile
) -> Iterator[Profile]:
    """Profiles, over the bins of `whole`, of the aligned windows that `rows` fill.

    `event_time` names the column of times; naive ones are UTC. The windows at both ends that the
    rows cover in part are left out: fewer days vary more than a whole window does, and do so for
    no other reason.
    """
    moments = pc.cast(rows.column(event_time), _MOMENT)
    first, last = (pc.min_max(moments)[end].as_py() for end in ("min", "max"))
    if first is None:
        return
    order = pc.sort_indices(moments)
    times = moments.take(order).to_numpy()
    for window in windows_between(first, last, length):
        ends = [np.datetime64(end.replace(tzinfo=None)) for end in (window.start, window.end)]
        start, stop = np.searchsorted(times, ends)
        if first <= window.start and start < stop:
            yield profile(rows.take(order[start:stop]), whole)


def learn_noise(whole: Profile, windows: Iterable[Profile], min_rows: int) -> LearnedNoise:
    """The noise of every judged statistic between `windows`, which are parts of `whole`.

    A window counts where it would be judged, and where what is left of the whole without it could
    be: `min_rows` on both sides. A statistic of fewer than `MIN_WINDOWS` windows has no learned
    noise.
    """
    seen: dict[tuple[str, str], list[float]] = defaultdict(list)
    for window in windows:
        if whole.rows - window.rows < min_rows:
            continue
        rest = 1 - window.rows / whole.rows
        for found in compare(whole, window, Thresholds(), min_rows).all_judgements():
            known = found.feature and found.verdict is not Verdict.INSUFFICIENT_DATA
            if known and found.value is not None:
                seen[found.feature, found.metric].append(_apart(found.metric, found.value, rest))
    learned: dict[str, dict[str, Noise]] = {}
    for (feature, metric), values in seen.items():
        if len(values) >= MIN_WINDOWS:
            spread = distance_noise if metric == _PSI else rise_spread
            learned.setdefault(feature, {})[metric] = spread(values)
    return learned


def _apart(metric: str, value: float, rest: float) -> float:
    """`value` as if the window were no part of the whole, of which `rest` is the share without it.

    A live window is none. Shares differ from the whole's `rest` times as much as from the rest's;
    PSI goes, to second order, with the square of such differences.
    """
    return value / rest**2 if metric == _PSI else value / rest


def rise_spread(values: Sequence[float]) -> Noise:
    """The noise of a rise that was `values` for windows without drift.

    Between windows of one period shares rise as much as they fall: the mean is 0. The ceiling is
    the multiple of the standard deviation that `rise_noise` takes of the standard error.

    >>> round(rise_spread([-0.02, 0.02, -0.02, 0.02]).ceiling, 4)
    0.0714
    """
    deviation = math.sqrt(sum(value**2 for value in values) / (len(values) - 1))
    return Noise(0.0, FALSE_ALARM_DEVIATIONS * deviation)
