from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from tidewatch.core.config import FeatureKind, Thresholds
from tidewatch.core.distances import chi_square, jensen_shannon, kullback_leibler, psi
from tidewatch.core.distances.feature import STATISTICS, category_cells
from tidewatch.core.drift import DriftReport, compare
from tidewatch.core.errors import BaselineError
from tidewatch.core.profile import SCORE, CategoricalProfile, profile, reference_profile
from tidewatch.core.verdict import Verdict

KINDS = {
    "temp": FeatureKind.NUMERIC,
    "wind": FeatureKind.NUMERIC,
    "carrier": FeatureKind.CATEGORICAL,
}
ROWS = 4000


def flights(seed: int, rows: int = ROWS) -> pa.Table:
    random = np.random.default_rng(seed)
    return pa.table(
        {
            "temp": random.normal(40, 10, rows),
            "wind": pa.array(random.gamma(2, 5, rows), mask=random.random(rows) < 0.1),
            "carrier": random.choice(["UA", "B6", "EV", "HA"], rows, p=[0.5, 0.3, 0.199, 0.001]),
        }
    )


def report(window: pa.Table, reference: pa.Table | None = None, min_rows: int = 200) -> DriftReport:
    baseline = reference_profile(flights(1) if reference is None else reference, KINDS)
    return compare(baseline, profile(window, baseline), Thresholds(), min_rows)


def replaced(table: pa.Table, name: str, values: object) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, pa.array(values))


def verdicts(found: DriftReport, feature: str) -> dict[str, str]:
    return {j.metric: j.verdict.value for j in found.features[feature].judgements}


def test_rows_of_the_same_kind_are_ok() -> None:
    found = report(flights(2))
    assert found.verdict is Verdict.OK
    assert (found.rows, found.drifted_share) == (ROWS, 0.0)
    assert {f.verdict for f in found.features.values()} == {Verdict.OK}


def test_a_shifted_feature_is_critical_alone_and_makes_the_whole_critical() -> None:
    found = report(replaced(flights(2), "temp", np.random.default_rng(3).normal(60, 10, ROWS)))
    assert found.features["temp"].verdict is Verdict.CRITICAL
    assert found.features["wind"].verdict is Verdict.OK
    assert found.drifted_share == pytest.approx(1 / 3)
    assert found.verdict is Verdict.CRITICAL
    [share] = found.judgements
    assert (share.metric, share.feature, share.verdict) == ("drifted_share", "", Verdict.WARNING)


def test_a_new_carrier_shifts_the_cells_and_is_unseen() -> None:
    names = np.array(flights(2)["carrier"].to_pylist())
    names[: ROWS // 3] = "ZZ"
    feature = report(replaced(flights(2), "carrier", names)).features["carrier"]
    assert feature.verdict is Verdict.CRITICAL
    assert feature.statistics.unseen_share == pytest.approx(1 / 3, abs=1e-3)


def test_missing_values_that_rise_are_judged_apart_from_the_distribution() -> None:
    window = flights(2)
    gone = np.random.default_rng(4).random(ROWS) < 0.5
    values = pa.array(window["temp"].to_numpy(), mask=gone)
    found = report(replaced(window, "temp", values))
    assert verdicts(found, "temp") == {
        "psi": "ok",
        "missing_rise": "critical",
        "outlier_rise": "ok",
    }
    assert found.features["temp"].statistics.missing_rise == pytest.approx(gone.mean())


def test_a_feature_that_vanishes_is_critical_although_nothing_is_left_to_compare() -> None:
    found = report(replaced(flights(2), "temp", pa.nulls(ROWS, pa.float64())))
    assert verdicts(found, "temp") == {
        "psi": "insufficient_data",
        "missing_rise": "critical",
        "outlier_rise": "insufficient_data",
    }
    assert found.features["temp"].rows == 0
    assert found.verdict is Verdict.CRITICAL


def test_outliers_that_rise_are_judged_and_infinities_are_outliers() -> None:
    values = flights(2)["temp"].to_numpy().copy()
    values[:1000] = math.inf
    found = report(replaced(flights(2), "temp", values))
    assert verdicts(found, "temp")["outlier_rise"] == "critical"
    assert found.features["temp"].statistics.outlier_share == pytest.approx(0.25, abs=0.02)


def test_values_that_become_fewer_are_no_fault() -> None:
    window = replaced(flights(2), "wind", np.random.default_rng(5).gamma(2, 5, ROWS))
    statistics = report(window).features["wind"].statistics
    assert statistics.missing_rise is not None
    assert statistics.missing_rise < -0.08
    assert report(window).verdict is Verdict.OK


def test_too_few_rows_are_insufficient_everywhere() -> None:
    found = report(flights(2, rows=199))
    assert found.verdict is Verdict.INSUFFICIENT_DATA
    assert {j.verdict for j in found.all_judgements()} == {Verdict.INSUFFICIENT_DATA}
    assert found.drifted_share is None
    assert found.mean_psi is not None


def test_a_baseline_of_too_few_rows_is_insufficient_too() -> None:
    found = report(flights(2), reference=flights(1, rows=150))
    assert found.verdict is Verdict.INSUFFICIENT_DATA


def test_no_rows_are_insufficient_and_have_no_statistics() -> None:
    found = report(flights(2)[:0])
    assert found.verdict is Verdict.INSUFFICIENT_DATA
    assert (found.rows, found.mean_psi) == (0, None)
    for feature in found.features.values():
        assert set(feature.statistics.as_dict().values()) == {None}


def test_a_feature_without_enough_values_does_not_silence_the_others() -> None:
    sparse = pa.array([1.0] * 50 + [None] * (ROWS - 50))
    found = report(replaced(flights(2), "wind", sparse), replaced(flights(1), "wind", sparse))
    assert found.features["wind"].verdict is Verdict.INSUFFICIENT_DATA
    assert found.verdict is Verdict.OK


def test_statistics_that_do_not_apply_are_none() -> None:
    found = report(flights(2))
    numeric = found.features["temp"].statistics.as_dict()
    categorical = found.features["carrier"].statistics.as_dict()
    of_categories = {"chi_square", "chi_square_p_value", "unseen_share"}
    of_numbers = {
        "ks",
        "ks_upper",
        "ks_p_value",
        "wasserstein",
        "wasserstein_normalised",
        "outlier_share",
        "outlier_rise",
    }
    assert {name for name, value in numeric.items() if value is None} == of_categories
    assert {name for name, value in categorical.items() if value is None} == of_numbers
    assert tuple(numeric) == STATISTICS


def test_statistics_are_those_of_the_cells_and_the_raw_psi_is_what_is_judged() -> None:
    baseline = reference_profile(flights(1), KINDS)
    window = profile(flights(2), baseline)
    found = compare(baseline, window, Thresholds(), 200).features["carrier"]
    before, now = baseline.features["carrier"], window.features["carrier"]
    assert isinstance(before, CategoricalProfile)
    assert isinstance(now, CategoricalProfile)
    cells = category_cells(before, now)
    test = chi_square(*cells)
    assert test is not None
    assert found.statistics.psi == psi(*cells) == found.judgements[0].value
    assert found.statistics.js == jensen_shannon(*cells)
    assert found.statistics.kl == kullback_leibler(*cells)
    assert found.statistics.chi_square == test.statistic
    assert found.statistics.chi_square_p_value == test.p_value


def test_rare_categories_share_a_cell_with_the_unseen() -> None:
    kinds = {"c": FeatureKind.CATEGORICAL}
    reference = reference_profile(pa.table({"c": ["a"] * 500 + ["b"] * 40 + ["r"] * 9}), kinds)
    window = profile(pa.table({"c": ["a"] * 500 + ["b"] * 40 + ["r"] * 2 + ["new"] * 3}), reference)
    before, now = reference.features["c"], window.features["c"]
    assert isinstance(before, CategoricalProfile)
    assert isinstance(now, CategoricalProfile)
    cells = category_cells(before, now)
    assert [side.tolist() for side in cells] == [[500, 40, 9], [500, 40, 5]]


def test_the_limits_of_a_judgement_are_those_applied_noise_included() -> None:
    few = report(flights(2, rows=250)).features["temp"]
    many = report(flights(2, rows=100_000), flights(1, rows=100_000)).features["temp"]
    [few_psi] = [j for j in few.judgements if j.metric == "psi"]
    [many_psi] = [j for j in many.judgements if j.metric == "psi"]
    assert few_psi.warning > 0.11
    assert few_psi.critical == pytest.approx(0.25 + (few.statistics.psi_noise or 0))
    assert many_psi.warning == pytest.approx(0.1, abs=1e-3)
    assert (few_psi.rows, many_psi.rows) == (250, 100_000)


def test_a_score_is_compared_like_a_feature() -> None:
    random = np.random.default_rng(6)
    kinds = {SCORE: FeatureKind.NUMERIC}
    baseline = reference_profile(pa.table({SCORE: random.beta(2, 5, 3000)}), kinds)
    window = profile(pa.table({SCORE: random.beta(5, 2, 3000)}), baseline)
    found = compare(baseline, window, Thresholds(), 200)
    assert found.features[SCORE].verdict is found.verdict is Verdict.CRITICAL


def test_a_window_binned_by_another_baseline_is_refused() -> None:
    other = reference_profile(flights(2), KINDS)
    with pytest.raises(BaselineError, match="one baseline"):
        compare(reference_profile(flights(1), KINDS), other, Thresholds(), 200)
    fewer = reference_profile(flights(1), {"temp": FeatureKind.NUMERIC})
    with pytest.raises(BaselineError, match="features"):
        compare(reference_profile(flights(1), KINDS), fewer, Thresholds(), 200)
