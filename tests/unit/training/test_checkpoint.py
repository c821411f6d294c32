"""A trial that was interrupted goes on, and keeps the best round of all its attempts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.training.workshop import prepared_sets, small_model
from tidewatch.training.checkpoint import Checkpoints, Progress
from tidewatch.training.dataset import Sets
from tidewatch.training.hyperparameters import Hyperparameters, parse_hyperparameters
from tidewatch.training.trial import Trial, fit

ROUNDS = 25


def asked(rounds: int = ROUNDS) -> Hyperparameters:
    texts = {"num_boost_round": str(rounds), "early_stopping_rounds": "25", "num_leaves": "8"}
    return parse_hyperparameters(texts, "test")


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Sets:
    return prepared_sets(tmp_path_factory.mktemp("sets"), small_model())


@pytest.fixture(scope="module")
def uninterrupted(sets: Sets) -> Trial:
    return fit(small_model(), sets, asked(), threads=1)


def test_checkpoints_change_nothing_of_a_trial_that_is_not_interrupted(
    sets: Sets, uninterrupted: Trial, tmp_path: Path
) -> None:
    trial = fit(small_model(), sets, asked(), 1, Checkpoints(tmp_path))
    assert trial.history == uninterrupted.history
    assert trial.booster.model_to_string() == uninterrupted.booster.model_to_string()


def test_an_interrupted_trial_goes_on_where_it_was(
    sets: Sets, uninterrupted: Trial, tmp_path: Path
) -> None:
    checkpoints = Checkpoints(tmp_path)
    fit(small_model(), sets, asked(), 1, checkpoints)
    left = checkpoints.progress()
    assert left.rounds == 20

    trial = fit(small_model(), sets, asked(), 1, checkpoints)

    assert trial.booster.num_trees() == uninterrupted.booster.num_trees()
    for name, values in trial.history.items():
        assert len(values) == ROUNDS
        # The leaves of a stored model are rounded as its text has them.
        assert values == pytest.approx(uninterrupted.history[name], abs=1e-3)


def test_the_best_round_may_be_one_of_an_earlier_attempt(sets: Sets, tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    fit(small_model(), sets, asked(), 1, checkpoints)
    left = checkpoints.progress()
    best = {name: [*values[:3], 0.999, *values[4:]] for name, values in left.history.items()}
    checkpoints.keep(Progress(left.model, best))

    trial = fit(small_model(), sets, asked(), 1, checkpoints)

    assert trial.booster.best_iteration == 4
    assert trial.score == 0.999


def test_without_a_checkpoint_a_trial_starts_from_nothing(tmp_path: Path) -> None:
    found = Checkpoints(tmp_path / "none").progress()
    assert (found.rounds, found.booster()) == (0, None)


def test_half_a_checkpoint_is_none(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    checkpoints.keep(Progress("tree", {"auc": [0.5]}))
    (tmp_path / "checkpoint.json.new").write_text("{half", encoding="utf-8")
    assert checkpoints.progress() == Progress("tree", {"auc": [0.5]})
