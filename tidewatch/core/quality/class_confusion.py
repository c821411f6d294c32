"""The confusion matrix of several classes, and the ratios of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.quality.classified import Classified
from tidewatch.core.quality.ratio import ratio


@dataclass(frozen=True)
class ClassQuality:
    """One class against all others. A ratio without a denominator is None.

    `support` is how many labels are of the class; `decided` how many decisions were for it.
    """

    support: int
    decided: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share of decisions for the class that were right; None where none was made."""
        return ratio(self.right, self.decided)

    @property
    def recall(self) -> float | None:
        """The share of the class's rows that were found; None where it has no row."""
        return ratio(self.right, self.support)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where the class never occurs."""
        return ratio(2 * self.right, self.support + self.decided)


@dataclass(frozen=True, eq=False)
class ClassConfusion:
    """`counts[i, j]` rows of true class `i` were decided to be of class `j`."""

    classes: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def accuracy(self) -> float | None:
        """The share of decisions that were right."""
        return ratio(int(self.counts.trace()), int(self.counts.sum()))

    @property
    def by_class(self) -> dict[str, ClassQuality]:
        """Each class's own quality."""
        cells = zip(
            self.counts.sum(axis=1).tolist(),
            self.counts.sum(axis=0).tolist(),
            self.counts.diagonal().tolist(),
            strict=True,
        )
        return {name: ClassQuality(*cell) for name, cell in zip(self.classes, cells, strict=True)}

    def macro(self, metric: str) -> float | None:
        """The plain mean of `precision`, `recall` or `f1` over the classes that have one.

        None where no class has one. As scikit-learn's `average="macro", zero_division=nan`.
        """
        return _mean(self._values(metric), [1] * len(self.classes))

    def weighted(self, metric: str) -> float | None:
        """The mean over the classes that have `metric`, weighted by their rows.

        As scikit-learn's `average="weighted", zero_division=nan`.
        """
        return _mean(self._values(metric), [each.support for each in self.by_class.values()])

    def _values(self, metric: str) -> list[float | None]:
        return [getattr(each, metric) for each in self.by_class.values()]


def class_confusion(data: Classified) -> ClassConfusion:
    """Counts the rows by true and decided class.

    >>> from tidewatch.core.quality.classified import classified
    >>> found = class_confusion(classified([0, 1, 1], [0, 1, 0], ["calm", "storm"]))
    >>> found.counts.tolist(), found.by_class["storm"].recall, found.macro("precision")
    ([[1, 0], [1, 1]], 0.5, 0.75)
    """
    size = len(data.classes)
    cells = np.bincount(data.labels * size + data.decisions, minlength=size * size)
    return ClassConfusion(data.classes, cells.reshape(size, size).astype(np.int64))


def _mean(values: Sequence[float | None], weights: Sequence[int]) -> float | None:
    known = [(v, weight) for v, weight in zip(values, weights, strict=True) if v is not None]
    return ratio(sum(v * weight for v, weight in known), sum(weight for _, weight in known))
