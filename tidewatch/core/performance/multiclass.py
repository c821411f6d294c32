"""Scores of a classifier of several classes: judged are the falls of accuracy and mean recall."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import ArrayLike

from tidewatch.core.performance.scores import Change
from tidewatch.core.quality import (
    ClassConfusion,
    Classified,
    class_brier,
    class_confusion,
    class_log_loss,
    classified,
    classified_by,
    one_vs_rest_auc,
    top_class_calibration,
)
from tidewatch.core.thresholds import Limit, Thresholds
from tidewatch.core.verdict import FALSE_ALARM_DEVIATIONS, Noise, beyond_noise


@dataclass(frozen=True, eq=False)
class MulticlassScores:
    """Every quality metric of a classifier of several classes; see `Scores`.

    Those of probabilities are None where only decisions are known, as in the prediction log.
    """

    data: Classified

    @property
    def rows(self) -> int:
        """How many labelled predictions were scored."""
        return self.data.rows

    @cached_property
    def confusion(self) -> ClassConfusion:
        """Decisions by truth."""
        return class_confusion(self.data)

    def metrics(self) -> dict[str, float | None]:
        """Each number by its metric's name."""
        calibration = top_class_calibration(self.data)
        averages = {
            f"{average.__name__}_{metric}": average(metric)
            for average in (self.confusion.macro, self.confusion.weighted)
            for metric in ("precision", "recall", "f1")
        }
        return {
            "accuracy": self.confusion.accuracy,
            **averages,
            "roc_auc": one_vs_rest_auc(self.data),
            "log_loss": class_log_loss(self.data),
            "brier": class_brier(self.data),
            "calibration_error": calibration.error if calibration else None,
        }

    def counts(self) -> dict[str, int]:
        """None: the cells of a confusion matrix are as many as the classes' number squared."""
        return {}

    def by_class(self) -> dict[str, dict[str, float | None]]:
        """Precision, recall, F1, and the rows of each class."""
        return {
            name: {
                "class_precision": each.precision,
                "class_recall": each.recall,
                "class_f1": each.f1,
                "class_rows": float(each.support),
            }
            for name, each in self.confusion.by_class.items()
        }

    def curves(self) -> dict[str, dict[str, Any]]:
        """None."""
        return {}

    def as_dict(self) -> dict[str, Any]:
        """The metrics with rows, classes and confusion matrix (`[true][decided]`)."""
        return {
            "rows": self.rows,
            "classes": list(self.data.classes),
            **self.metrics(),
            "by_class": self.by_class(),
            "confusion_matrix": self.confusion.counts.tolist(),
        }

    def changes(self, baseline_scores: Mapping[str, Any], thresholds: Thresholds) -> list[Change]:
        """`accuracy_drop` and `macro_recall_drop`: the baseline's less these.

        Accuracy hardly feels a rare class; mean recall feels each class alike. The latter is
        over the classes that both samples hold.
        """
        recalls = self._recalls(baseline_scores)
        shares = [(*pair, 1 / len(recalls)) for pair in recalls]
        accuracy = _Share.of(baseline_scores.get("accuracy"), baseline_scores.get("rows"))
        own = _Share.of(self.confusion.accuracy, self.rows)
        whole = [(accuracy, own, 1.0)] if accuracy and own else []
        return [
            _drop("accuracy_drop", whole, thresholds.accuracy_drop),
            _drop("macro_recall_drop", shares, thresholds.macro_recall_drop),
        ]

    def _recalls(self, baseline_scores: Mapping[str, Any]) -> list[tuple[_Share, _Share]]:
        before = baseline_scores.get("by_class", {})
        found = []
        for name, now in self.by_class().items():
            then = before.get(name, {})
            first = _Share.of(then.get("class_recall"), then.get("class_rows"))
            second = _Share.of(now["class_recall"], now["class_rows"])
            if first and second:
                found.append((first, second))
        return found


@dataclass(frozen=True)
class _Share:
    """A share that was measured on so many rows."""

    value: float
    rows: float

    @classmethod
    def of(cls, value: float | None, rows: float | None) -> _Share | None:
        return cls(float(value), float(rows)) if value is not None and rows else None

    @property
    def variance(self) -> float:
        """Of the share's measurement; one row of each kind is added, lest it ever be 0."""
        share = (self.value * self.rows + 1) / (self.rows + 2)
        return share * (1 - share) / self.rows


def score_multiclass(
    labels: ArrayLike, decisions: ArrayLike, classes: Sequence[str]
) -> MulticlassScores:
    """Scores decisions, shape `(rows,)`: each label and decision is a place in `classes`.

    Raises DataError on a place outside of `classes`.

    >>> score_multiclass([0, 1], [0, 0], ["calm", "storm"]).confusion.accuracy
    0.5
    """
    return MulticlassScores(classified(labels, decisions, classes))


def score_class_probabilities(
    labels: ArrayLike, probabilities: ArrayLike, classes: Sequence[str]
) -> MulticlassScores:
    """Scores probabilities, shape `(rows, classes)`; the most probable class is decided for.

    >>> scores = score_class_probabilities([1], [[0.2, 0.8]], ["calm", "storm"])
    >>> round(scores.metrics()["log_loss"], 6)
    0.223144
    """
    return MulticlassScores(classified_by(probabilities, labels, classes))


def _drop(metric: str, pairs: Sequence[tuple[_Share, _Share, float]], limit: Limit) -> Change:
    """The weighted fall of shares, each given before and now, and its limit."""
    if not pairs:
        return Change(metric, None, limit)
    value = sum(weight * (then.value - now.value) for then, now, weight in pairs)
    variance = sum(weight**2 * (then.variance + now.variance) for then, now, weight in pairs)
    noise = Noise(0.0, FALSE_ALARM_DEVIATIONS * math.sqrt(variance))
    return Change(metric, value, beyond_noise(limit, noise))
