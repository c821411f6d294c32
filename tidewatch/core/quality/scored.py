"""Labels and scores, checked: the input of every quality metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidewatch.core.errors import DataError, Fault

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scored:
    """The truth (0 or 1) and the predicted probability of 1, each of shape `(rows,)`."""

    labels: NDArray[np.bool_]
    scores: Floats

    @property
    def rows(self) -> int:
        """How many predictions there are."""
        return len(self.labels)

    @property
    def positives(self) -> int:
        """How many labels are 1."""
        return int(np.count_nonzero(self.labels))


def scored(labels: ArrayLike, scores: ArrayLike) -> Scored:
    """Checks labels and scores. Raises DataError where they cannot be what they claim.

    >>> scored([1, 0], [0.8, 0.3]).positives
    1
    """
    truth = np.asarray(labels, dtype=np.float64)
    probability = np.asarray(scores, dtype=np.float64)
    if truth.ndim != 1 or truth.shape != probability.shape:
        raise _unusable(f"shapes {truth.shape} and {probability.shape}", "two flat arrays, paired")
    if not np.isin(truth, (0, 1)).all():
        raise _unusable("a label that is neither 0 nor 1", "labels 0 and 1")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise _unusable("a score that is no probability", "scores from 0 to 1")
    return Scored(truth == 1, probability)


def _unusable(found: str, expected: str) -> DataError:
    return DataError(
        Fault("labels and scores", found, expected, "quarantine such rows before they are scored")
    )
