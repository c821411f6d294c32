"""Verdicts: a number, its limit and its direction, made into a judgement."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tidewatch.core.thresholds import Limit

FALSE_ALARM_DEVIATIONS = 3.090232306167813
"""A chance of one in a thousand in standard deviations of a normal variable, one-sided."""


class Verdict(StrEnum):
    """What a judgement says."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    INSUFFICIENT_DATA = "insufficient_data"

    @property
    def code(self) -> int:
        """The verdict as a metric's value: 0 ok, 1 warning, 2 critical, 3 insufficient_data."""
        return list(Verdict).index(self)


class Direction(StrEnum):
    """Which way a metric goes when things get worse."""

    HIGHER_IS_WORSE = "higher_is_worse"
    LOWER_IS_WORSE = "lower_is_worse"


@dataclass(frozen=True)
class Judgement:
    """A metric that was judged: everything needed to repeat the judgement by hand.

    `feature` is empty where the metric describes the whole. `warning` and `critical` are the
    limits as they were applied, noise included (see `beyond_noise`). `rows` is the sample size;
    `noise` is the value that chance alone is expected to show at that size, and `noise_ceiling`
    what chance alone seldom passes, both 0 where no noise was reckoned with.
    """

    metric: str
    feature: str
    value: float | None
    verdict: Verdict
    warning: float
    critical: float
    direction: Direction
    rows: int
    noise: float = 0.0
    noise_ceiling: float = 0.0


@dataclass(frozen=True)
class Noise:
    """What chance alone does to a metric when nothing has changed.

    `expected` is the metric's mean then; `ceiling` is passed with the probability that is given
    as `false_alarm` where it is reckoned, one in a thousand by default.
    """

    expected: float
    ceiling: float

    def or_larger(self, other: Noise) -> Noise:
        """The larger of the two, each of its numbers by itself."""
        return Noise(max(self.expected, other.expected), max(self.ceiling, other.ceiling))


LearnedNoise: TypeAlias = Mapping[str, Mapping[str, Noise]]
"""By feature and metric, the noise between windows of the baseline's own period."""


NO_NOISE = Noise(0.0, 0.0)
"""Of a metric that chance does not move, or whose limit holds its noise already."""


def judge(  # noqa: PLR0913, PLR0917 - these facts are the judgement; callers hold them apart
    metric: str,
    value: float | None,
    limit: Limit,
    direction: Direction,
    rows: int,
    min_rows: int,
    feature: str = "",
    noise: Noise = NO_NOISE,
) -> Judgement:
    """Judges `value` against `limit`; reaching a limit counts as passing it.

    `noise` is what the judgement says of chance; the caller has moved `limit` beyond it. Fewer
    rows than `min_rows`, no value, or NaN is `insufficient_data`, never `ok`.

    >>> from tidewatch.core.thresholds import Limit
    >>> limit = Limit(warning=0.1, critical=0.25)
    >>> judge("psi", 0.3, limit, Direction.HIGHER_IS_WORSE, 5000, 200, "temp").verdict.value
    'critical'
    >>> judge("psi", 0.3, limit, Direction.HIGHER_IS_WORSE, 50, 200, "temp").verdict.value
    'insufficient_data'
    """
    known = None if value is None or math.isnan(value) else value
    verdict = Verdict.INSUFFICIENT_DATA
    if known is not None and rows >= min_rows:
        verdict = _verdict(known, limit, direction)
    return Judgement(
        metric=metric,
        feature=feature,
        value=known,
        verdict=verdict,
        warning=limit.warning,
        critical=limit.critical,
        direction=direction,
        rows=rows,
        noise=noise.expected,
        noise_ceiling=noise.ceiling,
    )


def _verdict(value: float, limit: Limit, direction: Direction) -> Verdict:
    sign = 1 if direction is Direction.HIGHER_IS_WORSE else -1
    if sign * value >= sign * limit.critical:
        return Verdict.CRITICAL
    if sign * value >= sign * limit.warning:
        return Verdict.WARNING
    return Verdict.OK


def beyond_noise(limit: Limit, noise: Noise) -> Limit:
    """`limit`, moved so that noise alone does not cry wolf; for higher-is-worse metrics.

    A configured limit speaks of the true value. A sample shows the true value plus
    `noise.expected`, so the limit moves up by that; and it never lies under `noise.ceiling`,
    which an unchanged world passes in one judgement of a thousand (or as rarely as is asked). The
    noise of sampling vanishes with many rows, and the configured limit is left.

    >>> from tidewatch.core.thresholds import Limit
    >>> beyond_noise(Limit(warning=0.1, critical=0.25), Noise(expected=0.05, ceiling=0.2))
    Limit(warning=0.2, critical=0.3)
    """
    return Limit(
        warning=max(limit.warning + noise.expected, noise.ceiling),
        critical=max(limit.critical + noise.expected, noise.ceiling),
    )


_BADNESS = (Verdict.OK, Verdict.INSUFFICIENT_DATA, Verdict.WARNING, Verdict.CRITICAL)


def worst(judgements: Iterable[Judgement]) -> Verdict:
    """The worst verdict: critical, then warning, then insufficient_data, then ok.

    What is known to be bad outweighs what is not known; what is not known outweighs ok. Without
    any judgement nothing is known: `insufficient_data`.

    >>> worst([]).value
    'insufficient_data'
    """
    verdicts = [judgement.verdict for judgement in judgements]
    return max(verdicts, key=_BADNESS.index, default=Verdict.INSUFFICIENT_DATA)
