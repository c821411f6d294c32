"""The page's part on quality, for models that do not predict 0 or 1."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from monitoring_jobs.report.compared_rows import ComparedRows
from monitoring_jobs.report.evidently_page import render
from tests.unit.monitoring.world import MODEL, features
from tidewatch.core.task import Task

EVIL = "</script><script>alert(1)</script>"


def rows(scores: np.ndarray, labels: np.ndarray) -> pa.Table:
    table = features(len(scores), 5).append_column("score", pa.array(scores.astype(float)))
    return table.append_column("label", pa.array(labels.astype(float)))


def test_a_regressions_page_shows_its_errors() -> None:
    model = MODEL.model_copy(update={"task": Task.REGRESSION})
    truth = np.random.default_rng(2).gamma(2, 80, 300)
    side = rows(truth + 5, truth)

    page = render(model, ComparedRows(side, side)).decode()

    assert "Mean Absolute Error" in page or "MAE" in page
    assert "Accuracy" not in page


def test_a_page_of_several_classes_shows_them_by_name_which_cannot_become_markup() -> None:
    names = ["calm", "heavy rain", EVIL]
    update = {"task": Task.MULTICLASS_CLASSIFICATION, "classes": names}
    truth = np.arange(300) % 3
    side = rows(np.where(truth == 2, 0, truth), truth)

    page = render(MODEL.model_copy(update=update), ComparedRows(side, side)).decode()

    assert "Accuracy" in page
    assert "heavy rain" in page
    assert EVIL not in page


def test_without_labels_a_regressions_page_shows_drift_alone() -> None:
    model = MODEL.model_copy(update={"task": Task.REGRESSION})
    side = rows(np.linspace(0, 900, 300), np.linspace(0, 900, 300))
    unknown = side.set_column(side.num_columns - 1, "label", pa.nulls(300, pa.float64()))

    page = render(model, ComparedRows(side, unknown)).decode()

    assert "temp" in page
    assert "Mean Absolute Error" not in page
