from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from tidewatch.core.config import Thresholds
from tidewatch.core.performance import BinaryScores, judge_performance, score_binary
from tidewatch.core.verdict import Judgement, Verdict


def sample(seed: int, rows: int, skill: float = 2.0, bias: float = 0.0) -> BinaryScores:
    """Scores of a logistic model; `skill` is how far they spread, `bias` how wrong they are."""
    random = np.random.default_rng(seed)
    logits = random.normal(-1, skill, rows)
    labels = random.random(rows) < 1 / (1 + np.exp(-logits))
    return score_binary(labels, 1 / (1 + np.exp(-logits - bias)))


def judged(scores: BinaryScores, baseline: Mapping[str, object]) -> dict[str, Judgement]:
    found = judge_performance(scores, baseline, Thresholds(), scores.rows, min_rows=200)
    return {judgement.metric: judgement for judgement in found}


def test_a_model_as_good_as_its_baseline_is_ok() -> None:
    found = judged(sample(2, 5000), sample(1, 5000).as_dict())
    assert {name: each.verdict for name, each in found.items()} == {
        "roc_auc_drop": Verdict.OK,
        "calibration_error": Verdict.OK,
    }


def test_a_model_that_ranks_worse_has_dropped() -> None:
    found = judged(sample(2, 5000, skill=1.0), sample(1, 5000).as_dict())
    drop = found["roc_auc_drop"]
    assert drop.verdict is Verdict.CRITICAL
    assert drop.value == pytest.approx(0.12, abs=0.03)
    assert (drop.feature, drop.rows) == ("", 5000)


def test_a_model_that_ranks_better_is_ok() -> None:
    assert judged(sample(2, 5000, skill=4), sample(1, 5000).as_dict())["roc_auc_drop"].verdict is (
        Verdict.OK
    )


def test_scores_that_say_too_much_are_miscalibrated_although_they_rank_as_before() -> None:
    found = judged(sample(2, 5000, bias=2.0), sample(1, 5000).as_dict())
    assert found["calibration_error"].verdict is Verdict.CRITICAL
    assert found["roc_auc_drop"].verdict is Verdict.OK


def test_one_class_only_is_insufficient_data() -> None:
    one_class = score_binary(np.zeros(1000), np.full(1000, 0.05))
    found = judged(one_class, sample(1, 5000).as_dict())
    assert found["roc_auc_drop"].verdict is Verdict.INSUFFICIENT_DATA
    assert found["roc_auc_drop"].value is None


def test_too_few_labels_are_insufficient_data() -> None:
    found = judged(sample(2, 150, bias=5.0), sample(1, 5000).as_dict())
    assert {each.verdict for each in found.values()} == {Verdict.INSUFFICIENT_DATA}


def test_a_baseline_without_roc_auc_is_insufficient_data() -> None:
    for baseline in ({}, {"roc_auc": None}):
        found = judged(sample(2, 5000), baseline)
        assert found["roc_auc_drop"].verdict is Verdict.INSUFFICIENT_DATA


def test_a_baseline_that_names_no_rows_is_taken_as_certain() -> None:
    baseline = sample(1, 5000).as_dict()
    bare = judged(sample(2, 5000), {"roc_auc": baseline["roc_auc"]})["roc_auc_drop"]
    whole = judged(sample(2, 5000), baseline)["roc_auc_drop"]
    assert bare.value == whole.value
    assert bare.warning <= whole.warning


def test_small_windows_of_an_unchanged_model_stay_quiet() -> None:
    baseline = sample(1, 2000).as_dict()
    alarms = [
        each.verdict in (Verdict.WARNING, Verdict.CRITICAL)
        for seed in range(100, 300)
        for each in judged(sample(seed, 200), baseline).values()
    ]
    assert np.mean(alarms) < 0.01
