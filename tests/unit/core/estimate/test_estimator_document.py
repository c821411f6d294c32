"""An estimator is kept in the baseline, and read back as it was or refused."""

from __future__ import annotations

import numpy as np
import orjson
import pytest

from tidewatch.core.errors import BaselineError
from tidewatch.core.estimate import Estimator, fit_estimator, read_estimator
from tidewatch.core.task import Task

RANDOM = np.random.default_rng(1)
CLASSES = RANDOM.integers(0, 2, 3_000).astype(float)
SCORES = np.clip(0.3 + 0.4 * CLASSES + RANDOM.normal(0, 0.1, 3_000), 0, 1)


def fitted(task: Task) -> Estimator:
    decided = task is Task.MULTICLASS_CLASSIFICATION
    found = fit_estimator(task, CLASSES, SCORES.round() if decided else SCORES)
    assert found is not None
    return found


@pytest.mark.parametrize("task", Task)
def test_an_estimator_reads_back_as_it_was(task: Task) -> None:
    before = fitted(task)
    document = orjson.dumps(before.to_document(), option=orjson.OPT_SERIALIZE_NUMPY)
    after = read_estimator(orjson.loads(document))
    window = np.linspace(0, 1, 200) if task is not Task.MULTICLASS_CLASSIFICATION else CLASSES
    assert after.estimate(window) == before.estimate(window)
    assert len(document) < 20_000


@pytest.mark.parametrize("task", Task)
def test_a_damaged_estimator_is_refused(task: Task) -> None:
    document = orjson.loads(
        orjson.dumps(fitted(task).to_document(), option=orjson.OPT_SERIALIZE_NUMPY)
    )
    for name in document:
        damages: tuple[object, ...] = (None, "x", [])
        for damage in damages:
            with pytest.raises(BaselineError, match="estimator"):
                read_estimator(document | {name: damage})


def test_knots_that_fall_are_refused() -> None:
    document = orjson.loads(
        orjson.dumps(
            fitted(Task.BINARY_CLASSIFICATION).to_document(), option=orjson.OPT_SERIALIZE_NUMPY
        )
    )
    document["calibrator"]["scores"].reverse()
    with pytest.raises(BaselineError, match="rising"):
        read_estimator(document)


def test_no_rows_teach_nothing() -> None:
    assert fit_estimator(Task.REGRESSION, np.empty(0), np.empty(0)) is None
