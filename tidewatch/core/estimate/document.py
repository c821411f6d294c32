"""Reading the estimator that a baseline holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.estimate.binary import BinaryEstimator
from tidewatch.core.estimate.estimate import Estimator
from tidewatch.core.estimate.multiclass import MulticlassEstimator
from tidewatch.core.estimate.regression import RegressionEstimator

_READERS: Mapping[str, Callable[[Mapping[str, Any]], Estimator]] = {
    BinaryEstimator.kind: BinaryEstimator.from_document,
    MulticlassEstimator.kind: MulticlassEstimator.from_document,
    RegressionEstimator.kind: RegressionEstimator.from_document,
}


def read_estimator(document: Mapping[str, Any]) -> Estimator:
    """The estimator that `to_document` made `document` of. Raises BaselineError on other data."""
    reader = _READERS.get(str(document.get("kind")))
    if reader is None:
        raise _unreadable(f"kind {document.get('kind')!r}")
    try:
        return reader(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(f"{type(error).__name__}: {error}") from error


def _unreadable(found: str) -> BaselineError:
    return BaselineError(
        Fault(
            where="the baseline's estimator",
            found=found,
            expected=f"an estimator of kind {', '.join(_READERS)}",
            remedy="evaluate the model again",
        )
    )
