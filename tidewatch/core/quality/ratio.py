"""A ratio of counts, which may not exist."""

from __future__ import annotations


def ratio(part: float, whole: float) -> float | None:
    """`part / whole`; None without a whole, never 0.

    >>> ratio(1, 4), ratio(0, 0)
    (0.25, None)
    """
    return part / whole if whole else None
