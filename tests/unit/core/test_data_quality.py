from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewatch.core.data_quality import DataQuality, data_quality
from tidewatch.core.distances.feature import Statistics
from tidewatch.core.drift import compare
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import profile, reference_profile
from tidewatch.core.thresholds import Thresholds

share = st.none() | st.floats(0, 1)
statistics = st.builds(Statistics, missing_share=share, outlier_share=share, unseen_share=share)


def test_a_window_without_a_fault_has_quality_one() -> None:
    clean = Statistics(missing_share=0.0, outlier_share=0.0, unseen_share=0.0)
    assert data_quality([clean, clean], read=500).score == 1.0


def test_a_window_of_which_nothing_is_known_has_no_score() -> None:
    assert data_quality([]) == DataQuality()
    assert DataQuality().score is None


def test_a_part_that_is_not_known_changes_nothing() -> None:
    assert data_quality([Statistics(missing_share=0.2)]).score == 0.8


def test_one_part_at_nothing_is_not_averaged_away() -> None:
    assert data_quality([Statistics(missing_share=0.0)], read=10, quarantined=10).score == 0.0


@given(st.lists(statistics, max_size=5), st.integers(0, 100), st.integers(0, 100))
def test_score_and_parts_are_shares(some: list[Statistics], read: int, bad: int) -> None:
    quality = data_quality(some, read=read, quarantined=min(read, bad))
    score = quality.score
    assert score is None or 0 <= score <= 1


@pytest.mark.parametrize(("read", "quarantined"), [(5, 6), (5, -1), (-1, 0)])
def test_more_quarantined_than_read_is_refused(read: int, quarantined: int) -> None:
    with pytest.raises(ValueError, match="quarantined"):
        data_quality([], read=read, quarantined=quarantined)


def test_a_report_carries_the_quality_of_its_window() -> None:
    kinds = {"x": FeatureKind.NUMERIC, "c": FeatureKind.CATEGORICAL}
    random = np.random.default_rng(53)
    reference = reference_profile(
        pa.table({"x": random.normal(size=1000), "c": ["a", "b"] * 500}), kinds
    )
    values = pa.array(random.normal(size=400), mask=np.arange(400) < 100)
    window = profile(pa.table({"x": values, "c": ["a", "new"] * 200}), reference)
    quality = compare(reference, window, Thresholds(), 200).data_quality
    assert (quality.completeness, quality.familiarity) == (0.875, 0.5)
    assert quality.validity is None
    assert quality.conformity == pytest.approx(0.99, abs=0.01)
