"""The baseline that evaluation writes holds an estimator of performance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.training.workshop import pack, prepared_sets, small_model, small_trial
from tidewatch.core.estimate import read_estimator
from tidewatch.core.profile import Baseline
from tidewatch.training.evaluation import evaluate
from tidewatch.training.learn_estimator import learn_estimator


def test_the_baseline_expects_on_the_validation_rows_what_was_measured_there(
    tmp_path: Path,
) -> None:
    model = small_model()
    sets = prepared_sets(tmp_path, model)
    small_trial(model, sets).save(tmp_path / "trial")
    pack(tmp_path / "trial", tmp_path / "artifact" / "model.tar.gz")
    found = evaluate(model, tmp_path / "artifact", sets)
    baseline = Baseline.from_json(found.baseline.to_json())
    assert baseline.estimator is not None
    scores = found.reference["score"].to_numpy()
    expected = read_estimator(baseline.estimator).estimate(scores).values()
    measured = found.scores.metrics()
    for name in ("positive_share", "accuracy", "roc_auc"):
        assert expected[name] == pytest.approx(measured[name], abs=0.05)


def test_rows_are_taken_in_order_of_event_time(tmp_path: Path) -> None:
    model = small_model()
    rows = pa.concat_tables([prepared_sets(tmp_path, model).validation] * 30)
    order = np.random.default_rng(1).permutation(rows.num_rows)
    answers = np.linspace(0, 1, rows.num_rows)
    by_time = np.argsort(rows[model.event_time].to_numpy(), kind="stable")
    in_order = learn_estimator(model, rows.take(by_time), answers[by_time])
    # Rows of one moment may change places, which moves nothing here: they have one label.
    shuffled = learn_estimator(model, rows.take(by_time).take(order), answers[by_time][order])
    assert in_order is not None
    assert shuffled is not None
    assert shuffled["calibrator"]["rows"].tolist() == in_order["calibrator"]["rows"].tolist()
