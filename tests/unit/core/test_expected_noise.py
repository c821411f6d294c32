"""Noise: what chance shows is what was expected, and seldom passes the ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.special import chdtri

from tidewatch.core.distances import psi, psi_noise, rise_noise
from tidewatch.core.distances.resampled_noise import distance_noise, resampled_noise
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import Noise, beyond_noise

Counts = NDArray[np.int64]
RARE = {
    "one cell of 2 %": [0.98, 0.02],
    "one cell of 1 %": [0.99, 0.01],
    "ten cells, one of 1 %": [0.11] * 9 + [0.01],
    "ten cells, two rare": [0.11] * 9 + [0.007, 0.003],
}


def pairs(shares: list[float], rows: tuple[int, int], times: int) -> list[tuple[Counts, Counts]]:
    random = np.random.default_rng(47)
    first, second = (random.multinomial(size, shares, times) for size in rows)
    return list(zip(first, second, strict=True))


@pytest.mark.parametrize("rows", [(200, 200), (20_000, 200)])
@pytest.mark.parametrize("name", ["one cell of 2 %", "ten cells, two rare"])
def test_chance_seldom_passes_the_warning_limit_where_cells_are_rare(
    name: str, rows: tuple[int, int]
) -> None:
    limit, alarms, times = Thresholds().psi, 0, 1500
    for first, second in pairs(RARE[name], rows, times):
        value = psi(first, second) or 0.0
        if value >= limit.warning:
            alarms += value >= beyond_noise(limit, psi_noise(first, second)).warning
    assert alarms / times <= 0.004


def test_the_formula_alone_would_have_cried_wolf_there() -> None:
    limit, alarms = Thresholds().psi, 0
    scale = 2 / 200
    formula = Noise(scale, float(chdtri(1, 0.001)) * scale)
    for first, second in pairs(RARE["one cell of 2 %"], (200, 200), 6000):
        alarms += (psi(first, second) or 0.0) >= beyond_noise(limit, formula).warning
    assert alarms / 6000 > 0.008


def test_the_expected_noise_of_rare_cells_is_the_mean_of_what_chance_shows() -> None:
    drawn = pairs(RARE["ten cells, one of 1 %"], (2000, 200), 300)
    seen = np.mean([psi(first, second) or 0.0 for first, second in drawn])
    expected = np.mean([psi_noise(first, second).expected for first, second in drawn[:60]])
    assert expected == pytest.approx(seen, rel=0.08)


def test_where_no_cell_is_rare_the_noise_is_the_formulas() -> None:
    found = psi_noise([1000] * 10, [300] * 10)
    scale = 1 / 10_000 + 1 / 3000
    assert found.expected == pytest.approx(9 * scale, rel=1e-12)
    assert found.ceiling == pytest.approx(float(chdtri(9, 0.001)) * scale, rel=1e-9)


def test_a_rare_cell_among_very_many_rows_needs_no_second_look() -> None:
    found = psi_noise([10**6, 3], [10**6, 5])
    assert found.expected == pytest.approx(2e-6, rel=1e-5)


def test_the_same_counts_have_the_same_noise_whenever_they_are_judged() -> None:
    counts = ([196, 4], [197, 3])
    assert psi_noise(*counts) == psi_noise(*counts)


def test_a_thousand_cells_of_two_rows_have_a_noise_too() -> None:
    [(first, second)] = pairs([0.001] * 1000, (40_000, 2000), 1)
    found, value = psi_noise(first, second), psi(first, second)
    assert value is not None
    assert value < found.ceiling < found.expected + 0.2
    assert found.expected == pytest.approx(value, rel=0.15)


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 500), min_size=2, max_size=12),
    st.lists(st.integers(0, 500), min_size=12, max_size=12),
    st.sampled_from([0.0005, 0.001, 0.01, 0.1]),
)
def test_a_ceiling_is_above_what_is_expected_and_falls_with_the_chance_allowed(
    first: list[int], others: list[int], chance: float
) -> None:
    second = others[: len(first)]
    if not (sum(first) and sum(second)):
        return
    strict, loose = psi_noise(first, second, 0.0005), psi_noise(first, second, chance)
    assert loose.expected <= loose.ceiling <= strict.ceiling * (1 + 1e-9)


def test_fewer_draws_than_the_chance_needs_are_read_by_their_moments() -> None:
    def apart(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.square(first / 500 - second / 500).sum(axis=1))

    few = resampled_noise(apart, np.full(10, 50.0), np.full(10, 50.0), false_alarm=1e-5)
    many = resampled_noise(apart, np.full(10, 50.0), np.full(10, 50.0), false_alarm=1e-2)
    assert few.expected == many.expected
    assert few.ceiling > many.ceiling


def test_distances_that_never_varied_are_their_own_ceiling() -> None:
    assert distance_noise([0.3, 0.3, 0.3]) == Noise(0.3, 0.3)


def test_an_empty_sample_has_no_noise_to_draw() -> None:
    with pytest.raises(ValueError, match="empty"):
        resampled_noise(lambda a, b: (a - b).sum(axis=1), np.zeros(2), np.ones(2))


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("rows", [200, 1000, 20_000])
def test_the_ceiling_of_a_rise_is_passed_once_in_a_thousand_times(share: float, rows: int) -> None:
    """By the exact binomial law, against a baseline of very many rows."""
    noise = rise_noise(int(share * 10**9), 10**9, int(share * rows), rows)
    passes = float(stats.binom.sf(np.ceil((share + noise.ceiling) * rows - 1e-9) - 1, rows, share))
    assert passes <= 0.0016


def test_the_normal_ceiling_of_a_rare_rise_would_be_passed_three_times_as_often() -> None:
    normal = 3.0902 * np.sqrt(0.05 * 0.95 / 200)
    assert float(stats.binom.sf(np.ceil((0.05 + normal) * 200) - 1, 200, 0.05)) > 0.0025


def test_a_share_that_is_all_or_nothing_has_no_noise() -> None:
    assert rise_noise(0, 1000, 0, 200) == rise_noise(1000, 1000, 200, 200) == Noise(0.0, 0.0)
