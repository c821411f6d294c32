"""Which hyperparameters to try next: SageMaker's strategies, by optuna's samplers."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import TrialState

from localcloud.jobs.search_space import Range

optuna.logging.set_verbosity(optuna.logging.WARNING)
# A model of the objective needs a few points first; small tuning jobs cannot spend ten on that.
MOST_RANDOM_TRIALS = 10
RANDOM_SHARE = 4


class Search(Protocol):
    """Proposes hyperparameters, one trial after the other, and learns from their objectives."""

    def ask(self) -> dict[str, str] | None:
        """The next trial's hyperparameters; None when there is nothing left to try."""

    def tell(self, trial: int, objective: float | None) -> None:
        """The objective of the trial of this number (from 0); None where it failed."""


@dataclass(frozen=True)
class Plan:
    """What a tuning job asks of its search."""

    strategy: str
    ranges: Sequence[Range]
    maximize: bool
    trials: int
    seed: int | None


def new_search(plan: Plan) -> Search:
    """The search of a plan: Bayesian (TPE), Random or Grid."""
    if plan.strategy == "Grid":
        return GridSearch(plan.ranges)
    return SampledSearch(plan, _sampler(plan))


class GridSearch:
    """Every combination of categorical values, once."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        names = [each.name for each in ranges]
        choices = itertools.product(*(each.values for each in ranges))
        self._left = (dict(zip(names, values, strict=True)) for values in choices)

    def ask(self) -> dict[str, str] | None:
        """The next combination."""
        return next(self._left, None)

    def tell(self, trial: int, objective: float | None) -> None:
        """A grid learns nothing."""


class SampledSearch:
    """Trials drawn by an optuna sampler."""

    def __init__(self, plan: Plan, sampler: BaseSampler) -> None:
        self._ranges = {each.name: each for each in plan.ranges}
        self._space = {each.name: _distribution(each) for each in plan.ranges}
        self._study = optuna.create_study(
            sampler=sampler, direction="maximize" if plan.maximize else "minimize"
        )

    def ask(self) -> dict[str, str]:
        """Draw from what is known so far; trials that still run count as bad ones."""
        drawn = self._study.ask(self._space).params
        return {name: self._ranges[name].text(value) for name, value in drawn.items()}

    def tell(self, trial: int, objective: float | None) -> None:
        """Learn one objective."""
        if objective is None:
            self._study.tell(trial, state=TrialState.FAIL)
        else:
            self._study.tell(trial, objective)


def _sampler(plan: Plan) -> BaseSampler:
    if plan.strategy == "Random":
        return RandomSampler(seed=plan.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return TPESampler(
            seed=plan.seed,
            n_startup_trials=min(MOST_RANDOM_TRIALS, max(2, plan.trials // RANDOM_SHARE)),
            constant_liar=True,
            multivariate=True,
        )


def _distribution(given: Range) -> BaseDistribution:
    if given.kind == "Categorical":
        return CategoricalDistribution(given.values)
    if given.kind == "Integer":
        return IntDistribution(int(given.low), int(given.high), log=given.scale == "log")
    if given.scale == "reverse_log":
        return FloatDistribution(1.0 - given.high, 1.0 - given.low, log=True)
    return FloatDistribution(given.low, given.high, log=given.scale == "log")
