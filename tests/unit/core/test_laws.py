"""The laws of p-values are SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import chdtrc, chdtri, kolmogorov

from tidewatch.core.distances.laws import (
    chi_square_quantile,
    chi_square_tail,
    kolmogorov_tail,
)


@given(st.integers(1, 12_000), st.floats(0, 5))
def test_the_chi_square_tail_is_scipys(freedom: int, ratio: float) -> None:
    value = freedom * ratio
    assert chi_square_tail(freedom, value) == pytest.approx(chdtrc(freedom, value), abs=1e-11)


@given(st.integers(1, 2000), st.floats(1e-9, 0.999))
def test_the_chi_square_quantile_is_scipys(freedom: int, chance: float) -> None:
    assert chi_square_quantile(freedom, chance) == pytest.approx(chdtri(freedom, chance), rel=1e-9)


@given(st.floats(0, 20))
def test_the_kolmogorov_tail_is_scipys(z: float) -> None:
    assert kolmogorov_tail(z) == pytest.approx(float(kolmogorov(z)), abs=1e-13)


@pytest.mark.parametrize("chance", [0, 1, -1])
def test_a_chance_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(ValueError, match="chance"):
        chi_square_quantile(3, chance)


def test_no_freedom_is_refused() -> None:
    with pytest.raises(ValueError, match="freedom"):
        chi_square_tail(0, 1.0)


def test_no_tail_is_left_at_infinity() -> None:
    assert chi_square_tail(3, float("inf")) == 0


@pytest.mark.parametrize("freedom", [1e6, 1.1e6, 1e9, 5e31])
def test_many_degrees_of_freedom_are_nearly_normal(freedom: float) -> None:
    quantile = chi_square_quantile(freedom, 0.001)
    assert quantile == pytest.approx(freedom + 3.09 * (2 * freedom) ** 0.5, rel=1e-4)
    if freedom < 1e7:
        assert chi_square_tail(freedom, quantile) == pytest.approx(
            chdtrc(freedom, quantile), abs=1e-8
        )
