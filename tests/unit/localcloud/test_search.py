from __future__ import annotations

from statistics import median
from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from localcloud.jobs.search import Plan, new_search
from localcloud.jobs.search_space import Range, read_ranges


def continuous(low: str, high: str, scaling: str = "Auto") -> dict[str, Any]:
    given = {"Name": "x", "MinValue": low, "MaxValue": high, "ScalingType": scaling}
    return {"ContinuousParameterRanges": [given]}


def integer(low: str, high: str) -> dict[str, Any]:
    return {"IntegerParameterRanges": [{"Name": "n", "MinValue": low, "MaxValue": high}]}


def plan(strategy: str, ranges: dict[str, Any], **fields: Any) -> Plan:
    defaults: dict[str, Any] = {"maximize": True, "trials": 40, "seed": 3}
    return Plan(strategy=strategy, ranges=read_ranges(ranges), **{**defaults, **fields})


@pytest.mark.parametrize(
    ("given", "scale"),
    [
        (continuous("0.001", "1"), "log"),
        (continuous("0.5", "1"), "linear"),
        (continuous("0", "1000"), "linear"),
        (continuous("0.001", "1", "Linear"), "linear"),
        (continuous("0.9", "0.999", "ReverseLogarithmic"), "reverse_log"),
    ],
)
def test_auto_searches_wide_positive_ranges_by_magnitude(given: dict[str, Any], scale: str) -> None:
    assert read_ranges(given)[0].scale == scale


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (continuous("2", "1"), "MinValue <= MaxValue"),
        (continuous("0", "1", "Logarithmic"), "needs MinValue > 0"),
        (continuous("0.5", "1.5", "ReverseLogarithmic"), "0 <= x < 1"),
        (continuous("a", "1"), "expected numbers"),
        ({}, "at least one range"),
    ],
)
def test_an_impossible_range_is_refused(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        read_ranges(given)


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_values_stay_in_their_ranges_and_are_texts(strategy: str) -> None:
    ranges = {**continuous("0.9", "0.99", "ReverseLogarithmic"), **integer("1", "5")}
    search = new_search(plan(strategy, ranges))
    for trial in range(12):
        drawn = search.ask()
        assert drawn is not None
        assert 0.9 - 1e-12 <= float(drawn["x"]) <= 0.99 + 1e-12
        assert drawn["n"] in {"1", "2", "3", "4", "5"}
        search.tell(trial, float(drawn["x"]))


def test_a_seed_repeats_the_search() -> None:
    first, second = (new_search(plan("Bayesian", continuous("0", "1"))) for _ in range(2))
    for trial in range(6):
        drawn = first.ask()
        assert drawn == second.ask()
        for search in (first, second):
            search.tell(trial, 0.5)


def test_a_bayesian_search_learns_where_the_objective_is_best() -> None:
    search = new_search(plan("Bayesian", continuous("0", "1", "Linear"), maximize=False))
    tried = []
    for trial in range(40):
        drawn = search.ask()
        assert drawn is not None
        tried.append(float(drawn["x"]))
        search.tell(trial, (tried[-1] - 0.2) ** 2)
    distances = [abs(x - 0.2) for x in tried[-20:]]
    assert median(distances) < 0.15  # of random draws: 0.3


def test_a_failed_trial_teaches_nothing_and_stops_nothing() -> None:
    search = new_search(plan("Bayesian", continuous("0", "1")))
    for trial in range(5):
        assert search.ask() is not None
        search.tell(trial, None)


def test_a_grid_ends_after_every_combination() -> None:
    ranges = (
        Range("a", "Categorical", values=("1", "2")),
        Range("b", "Categorical", values=("x", "y")),
    )
    search = new_search(Plan("Grid", ranges, maximize=True, trials=4, seed=None))
    drawn = [search.ask() for _ in range(5)]
    assert drawn == [
        {"a": "1", "b": "x"},
        {"a": "1", "b": "y"},
        {"a": "2", "b": "x"},
        {"a": "2", "b": "y"},
        None,
    ]
