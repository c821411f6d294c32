"""How the scores of several classes and of a regression are judged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tidewatch.core.objective import objective_of
from tidewatch.core.performance import (
    MulticlassScores,
    RegressionScores,
    Scorer,
    Scores,
    judge_performance,
    score_multiclass,
    score_regression,
)
from tidewatch.core.task import Task
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import Direction, Judgement, Verdict

CLASSES = ("calm", "rain", "storm")
ALARMS = (Verdict.WARNING, Verdict.CRITICAL)


def judged(scores: Scores, baseline: Mapping[str, Any]) -> dict[str, Judgement]:
    found = judge_performance(scores, baseline, Thresholds(), scores.rows, min_rows=100)
    return {judgement.metric: judgement for judgement in found}


def weather(seed: int, rows: int, recalls: tuple[float, float, float]) -> MulticlassScores:
    """Storms are one row in twenty; each class is found with its own chance."""
    random = np.random.default_rng(seed)
    labels = random.choice(3, rows, p=[0.6, 0.35, 0.05])
    right = random.random(rows) < np.array(recalls)[labels]
    return score_multiclass(labels, np.where(right, labels, (labels + 1) % 3), CLASSES)


def demand(seed: int, rows: int, error: float = 1.0, bias: float = 0.0) -> RegressionScores:
    """Errors with long tails."""
    random = np.random.default_rng(seed)
    truth = random.gamma(2, 80, rows)
    return score_regression(truth, truth + bias + error * random.standard_t(4, rows) * 20)


USUAL = (0.9, 0.8, 0.7)


def test_classes_found_as_before_are_ok() -> None:
    found = judged(weather(2, 4000, USUAL), weather(1, 4000, USUAL).as_dict())
    assert {name: each.verdict for name, each in found.items()} == {
        "accuracy_drop": Verdict.OK,
        "macro_recall_drop": Verdict.OK,
    }
    assert {each.direction for each in found.values()} == {Direction.HIGHER_IS_WORSE}


def test_fewer_right_decisions_are_a_drop_of_accuracy() -> None:
    found = judged(weather(2, 4000, (0.7, 0.7, 0.7)), weather(1, 4000, USUAL).as_dict())
    assert found["accuracy_drop"].verdict is Verdict.CRITICAL
    assert found["accuracy_drop"].value == pytest.approx(0.155, abs=0.03)


def test_a_rare_class_that_is_lost_is_a_drop_of_mean_recall_though_accuracy_hardly_feels_it() -> (
    None
):
    found = judged(weather(2, 4000, (0.9, 0.8, 0.1)), weather(1, 4000, USUAL).as_dict())
    assert found["accuracy_drop"].verdict is not Verdict.CRITICAL
    assert found["macro_recall_drop"].verdict is Verdict.CRITICAL
    assert found["macro_recall_drop"].value == pytest.approx(0.2, abs=0.04)


def test_a_class_without_rows_in_the_window_is_compared_on_neither_side() -> None:
    baseline = weather(1, 4000, USUAL)
    labels = np.repeat([0, 1], 500)
    found = judged(score_multiclass(labels, labels, CLASSES), baseline.as_dict())
    recalls = [baseline.by_class()[name]["class_recall"] or 0.0 for name in ("calm", "rain")]
    assert found["macro_recall_drop"].value == pytest.approx(np.mean(recalls) - 1)


def test_errors_as_large_as_before_are_ok() -> None:
    found = judged(demand(2, 4000), demand(1, 4000).as_dict())
    assert {name: each.verdict for name, each in found.items()} == {"mae_rise": Verdict.OK}


@pytest.mark.parametrize(("error", "bias"), [(2.0, 0.0), (1.0, 60.0)])
def test_larger_errors_are_a_rise_relative_to_the_baselines(error: float, bias: float) -> None:
    baseline, now = demand(1, 4000), demand(2, 4000, error, bias)
    rise = judged(now, baseline.as_dict())["mae_rise"]
    assert baseline.mae
    assert now.mae
    assert rise.value == pytest.approx(now.mae / baseline.mae - 1)
    assert (rise.verdict, rise.direction) == (Verdict.CRITICAL, Direction.HIGHER_IS_WORSE)


def test_smaller_errors_are_ok() -> None:
    rise = judged(demand(2, 4000, error=0.2), demand(1, 4000).as_dict())["mae_rise"]
    assert rise.verdict is Verdict.OK
    assert rise.value == pytest.approx(-0.8, abs=0.05)


def test_few_rows_widen_the_limits_and_many_leave_the_configured_ones() -> None:
    baseline = demand(1, 1_000_000).as_dict()
    few, many = (judged(demand(2, rows), baseline)["mae_rise"] for rows in (120, 1_000_000))
    assert few.warning > many.warning == Thresholds().mae_rise.warning
    share = weather(1, 1_000_000, USUAL).as_dict()
    few, many = (
        judged(weather(2, rows, USUAL), share)["accuracy_drop"] for rows in (120, 1_000_000)
    )
    assert few.warning > many.warning == Thresholds().accuracy_drop.warning


def test_small_windows_of_an_unchanged_model_stay_quiet() -> None:
    classes, values = weather(1, 2000, USUAL).as_dict(), demand(1, 2000).as_dict()
    alarms: dict[str, list[bool]] = {}
    for seed in range(100, 500):
        found = judged(weather(seed, 200, USUAL), classes) | judged(demand(seed, 200), values)
        for name, each in found.items():
            alarms.setdefault(name, []).append(each.verdict in ALARMS)
    assert {name: np.mean(raised) < 0.01 for name, raised in alarms.items()} == {
        "accuracy_drop": True,
        "macro_recall_drop": True,
        "mae_rise": True,
    }


@pytest.mark.parametrize("baseline", [{}, {"mae": None, "accuracy": None}, {"mae": 0.0}])
def test_a_baseline_that_says_nothing_is_insufficient_data(baseline: dict[str, Any]) -> None:
    for scores in (weather(1, 400, USUAL), demand(1, 400)):
        for each in judged(scores, baseline).values():
            assert (each.verdict, each.value) == (Verdict.INSUFFICIENT_DATA, None)


def test_too_few_labels_are_insufficient_data() -> None:
    for scores in (weather(1, 99, (0, 0, 0)), demand(1, 99, error=9)):
        before = weather(2, 999, USUAL) if scores.by_class() else demand(2, 999)
        for each in judged(scores, before.as_dict()).values():
            assert each.verdict is Verdict.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    ("task", "outputs"),
    [
        (Task.BINARY_CLASSIFICATION, [0.2, 0.9]),
        (Task.MULTICLASS_CLASSIFICATION, [[0.5, 0.3, 0.2], [0.1, 0.9, 0.0]]),
        (Task.REGRESSION, [3.0, 4.0]),
    ],
)
def test_every_tasks_scores_hold_what_its_tuning_optimises(task: Task, outputs: Any) -> None:
    classes = CLASSES if task is Task.MULTICLASS_CLASSIFICATION else ()
    scores, answers = Scorer(task, classes).scores_of([0, 1], outputs)
    assert scores.as_dict()[objective_of(task).metric] is not None
    again = Scorer(task, classes).of_answers([0, 1], answers)
    shown = {name: value for name, value in again.metrics().items() if value is not None}
    assert scores.metrics().items() >= shown.items()


def test_scoring_starts_fast_without_scipy_pandas_or_pydantic() -> None:
    heavy = "{'scipy.stats', 'pandas', 'pydantic', 'sklearn'}"
    program = f"import sys, tidewatch.core.performance; sys.exit(len({heavy} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], check=False)  # noqa: S603 - our own
    assert ended.returncode == 0
