from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tidewatch.core.estimate.bins import cuts_of, places
from tidewatch.core.estimate.estimate import Floats
from tidewatch.core.estimate.isotonic import pool

LENGTH = st.shared(st.integers(1, 7), key="n")


def _fitted(means: Floats, weights: Floats) -> Floats:
    block = pool(means, weights)
    sums = np.bincount(block, means * weights) / np.bincount(block, weights)
    return np.asarray(sums[block], dtype=np.float64)


def _best(means: Floats, weights: Floats) -> float:
    """The least loss of any partition into blocks whose means do not fall."""
    count = len(means)
    losses = []
    for bits in range(2 ** (count - 1)):
        block = np.concatenate([[0], np.cumsum([(bits >> i) & 1 for i in range(count - 1)])])
        block = block.astype(int)
        levels = np.bincount(block, means * weights) / np.bincount(block, weights)
        if (np.diff(levels) >= 0).all():
            losses.append(float((weights * (means - levels[block]) ** 2).sum()))
    return min(losses)


@given(
    arrays.arrays(np.float64, LENGTH, elements=st.floats(0, 1)),
    arrays.arrays(np.float64, LENGTH, elements=st.floats(1, 10)),
)
def test_no_rising_sequence_fits_better(means: Floats, weights: Floats) -> None:
    fitted = _fitted(means, weights)
    assert (np.diff(fitted) >= -1e-12).all()
    assert float((weights * (means - fitted) ** 2).sum()) <= _best(means, weights) + 1e-9


@given(arrays.arrays(np.float64, st.integers(1, 400), elements=st.floats(-1e6, 1e6)))
def test_bins_part_no_equal_scores_and_none_is_empty(scores: Floats) -> None:
    cuts = cuts_of(scores, bins=10, least=5)
    place = places(scores, cuts)
    assert set(place.tolist()) == set(range(len(cuts) + 1))
    for bin_ in range(len(cuts)):
        assert scores[place == bin_].max() < scores[place == bin_ + 1].min()
