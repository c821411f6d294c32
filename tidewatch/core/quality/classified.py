"""True and decided classes, checked: the input of every multiclass metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidewatch.core.errors import DataError, Fault
from tidewatch.core.quality.scored import Floats

Places = NDArray[np.intp]

_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Classified:
    """The true and the decided class of each row, as places in `classes`; shape `(rows,)`.

    `probabilities`, shape `(rows, classes)`, are None where only decisions are known.
    """

    classes: tuple[str, ...]
    labels: Places
    decisions: Places
    probabilities: Floats | None

    @property
    def rows(self) -> int:
        """How many predictions there are."""
        return len(self.labels)


def classified(labels: ArrayLike, decisions: ArrayLike, classes: Sequence[str]) -> Classified:
    """Decisions without their probabilities. Raises DataError on a place outside of `classes`.

    >>> classified([0, 1], [0, 0], ["calm", "storm"]).rows
    2
    """
    truth, decided = _places(labels, len(classes)), _places(decisions, len(classes))
    if truth.shape != decided.shape:
        raise _unusable(f"{len(truth)} labels and {len(decided)} decisions", "two, paired")
    return Classified(tuple(classes), truth, decided, None)


def classified_by(
    probabilities: ArrayLike, labels: ArrayLike, classes: Sequence[str]
) -> Classified:
    """Decides for each row's most probable class, the first of equals.

    Raises DataError where the rows of `probabilities` are no distributions over `classes`.

    >>> classified_by([[0.2, 0.8]], [1], ["calm", "storm"]).decisions.tolist()
    [1]
    """
    given = np.asarray(probabilities, dtype=np.float64)
    truth = _places(labels, len(classes))
    if given.shape != (len(truth), len(classes)):
        raise _unusable(f"probabilities of shape {given.shape}", f"({len(truth)}, {len(classes)})")
    if not ((given >= 0) & (given <= 1)).all():
        raise _unusable("a probability outside of 0 to 1", "probabilities")
    if (np.abs(given.sum(axis=1) - 1) > _SUM_TOLERANCE).any():
        raise _unusable("probabilities of a row that do not sum to 1", "a distribution a row")
    return Classified(tuple(classes), truth, given.argmax(axis=1), given)


def _places(values: ArrayLike, classes: int) -> Places:
    known = np.asarray(values, dtype=np.float64)
    if known.ndim != 1 or not np.isin(known, np.arange(classes)).all():
        raise _unusable("a label or a decision that is no class", f"places 0 to {classes - 1}")
    return known.astype(np.intp)


def _unusable(found: str, expected: str) -> DataError:
    return DataError(
        Fault(
            "labels and decisions", found, expected, "quarantine such rows before they are scored"
        )
    )
