"""True and predicted values, checked: the input of every regression metric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from tidewatch.core.errors import DataError, Fault
from tidewatch.core.quality.scored import Floats


@dataclass(frozen=True, eq=False)
class Predicted:
    """The truth and the prediction of each row, finite, each of shape `(rows,)`."""

    truth: Floats
    values: Floats

    @property
    def rows(self) -> int:
        """How many predictions there are."""
        return len(self.truth)

    @cached_property
    def errors(self) -> Floats:
        """Prediction less truth: above 0 too much was predicted.

        Infinite where the distance is beyond a float's range; metrics are then None.
        """
        with np.errstate(over="ignore"):
            return self.values - self.truth


def predicted(truth: ArrayLike, values: ArrayLike) -> Predicted:
    """Checks truth and predictions. Raises DataError where they are no paired, finite numbers.

    >>> predicted([3, 5], [2.5, 5.5]).errors.tolist()
    [-0.5, 0.5]
    """
    known = np.asarray(truth, dtype=np.float64)
    given = np.asarray(values, dtype=np.float64)
    if known.ndim != 1 or known.shape != given.shape:
        raise _unusable(f"shapes {known.shape} and {given.shape}", "two flat arrays, paired")
    if not (np.isfinite(known).all() and np.isfinite(given).all()):
        raise _unusable("a value that is no finite number", "finite numbers")
    return Predicted(known, given)


def mean_of(values: Floats) -> float | None:
    """The mean; None without values, or where it is beyond a float's range.

    >>> import numpy as np
    >>> mean_of(np.array([1.0, 2.0])), mean_of(np.array([])), mean_of(np.array([1e308, 1e308]))
    (1.5, None, 1e+308)
    """
    if not len(values):
        return None
    largest = float(np.abs(values).max())
    if math.isinf(largest):
        return None
    # A power of two changes no digit, and keeps sums of the largest floats finite.
    scale = 2.0 ** max(math.frexp(largest)[1] - 900, 0)
    return float((values / scale).mean()) * scale


def _unusable(found: str, expected: str) -> DataError:
    return DataError(
        Fault("truth and values", found, expected, "quarantine such rows before they are scored")
    )
