"""The rise of a share, and what chance alone makes of it."""

from __future__ import annotations

import math

from tidewatch.core.verdict import FALSE_ALARM_DEVIATIONS, Noise


def rise(
    reference_hits: int, reference_rows: int, hits: int, rows: int, minimum: int = 1
) -> float | None:
    """The share `hits / rows` less the reference's: in [-1, 1], above 0 where it rose.

    None where either sample has fewer than `minimum` rows.

    >>> rise(10, 100, 25, 100)
    0.15
    """
    if min(reference_rows, rows) < max(minimum, 1):
        return None
    return hits / rows - reference_hits / reference_rows


def rise_noise(reference_hits: int, reference_rows: int, hits: int, rows: int) -> Noise:
    """The rise that two samples of these sizes show when both come from one population.

    Its mean is 0 and its ceiling a multiple of the standard error under the pooled share (the
    two-proportion z-test). Raises ValueError where a sample is empty.

    >>> round(rise_noise(300, 1000, 60, 200).ceiling, 4)
    0.1097
    """
    if min(reference_rows, rows) < 1:
        raise ValueError("the noise of an empty sample is not defined")
    share = (reference_hits + hits) / (reference_rows + rows)
    error = math.sqrt(share * (1 - share) * (1 / reference_rows + 1 / rows))
    return Noise(0.0, FALSE_ALARM_DEVIATIONS * error)
