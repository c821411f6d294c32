from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from pydantic import TypeAdapter, ValidationError

from tidewatch.core.drift import DriftReport, compare
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import profile, reference_profile
from tidewatch.core.thresholds import FeatureLimits, Limit, Thresholds
from tidewatch.core.verdict import Judgement, Verdict

READ = TypeAdapter(Thresholds)


def report(thresholds: Thresholds, rows: int = 4000) -> DriftReport:
    random = np.random.default_rng(59)
    kinds = dict.fromkeys(("a", "b"), FeatureKind.NUMERIC)
    before = {name: random.normal(size=4000) for name in kinds}
    now = {name: random.normal(0.25, 1, rows) for name in kinds}
    reference = reference_profile(pa.table(before), kinds)
    return compare(reference, profile(pa.table(now), reference), thresholds, 200)


def psi(found: DriftReport, feature: str) -> Judgement:
    [judgement] = [j for j in found.features[feature].judgements if j.metric == "psi"]
    return judgement


def test_a_feature_may_have_limits_of_its_own_and_the_others_keep_the_models() -> None:
    own = FeatureLimits(psi=Limit(warning=0.01, critical=0.03))
    found = report(Thresholds(features={"a": own}))
    assert found.features["a"].verdict is Verdict.CRITICAL
    assert found.features["b"].verdict is Verdict.OK


def test_what_a_feature_leaves_open_is_the_models() -> None:
    thresholds = Thresholds(
        features={"a": FeatureLimits(missing_rise=Limit(warning=0.5, critical=0.6))}
    )
    assert thresholds.of("a").psi == thresholds.psi
    assert thresholds.of("a").missing_rise == Limit(warning=0.5, critical=0.6)
    assert thresholds.of("b") is thresholds


def test_a_judgement_carries_the_noise_at_its_sample_size() -> None:
    few, many = psi(report(Thresholds(), 250), "a"), psi(report(Thresholds()), "a")
    assert (few.rows, many.rows) == (250, 4000)
    assert few.noise == pytest.approx(9 * (1 / 250 + 1 / 4000), rel=0.1)
    assert few.noise > many.noise > 0
    assert few.noise_ceiling > few.noise
    assert few.warning == pytest.approx(max(0.1 + few.noise, few.noise_ceiling))


def test_a_team_may_allow_fewer_false_alarms() -> None:
    usual, strict = report(Thresholds(), 250), report(Thresholds(false_alarm=1e-6), 250)
    assert psi(strict, "a").noise_ceiling > psi(usual, "a").noise_ceiling
    assert psi(strict, "a").warning > psi(usual, "a").warning


@pytest.mark.parametrize("chance", [0, -0.1, 0.2, 1])
def test_a_chance_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(ValueError, match="false_alarm must be above 0"):
        Thresholds(false_alarm=chance)


def test_a_models_file_may_say_both() -> None:
    found = READ.validate_python(
        {
            "false_alarm": 0.0001,
            "features": {"temp": {"psi": {"warning": 0.05, "critical": 0.1}}},
        }
    )
    assert found.of("temp").psi == Limit(warning=0.05, critical=0.1)
    assert found.false_alarm == 0.0001


@pytest.mark.parametrize(
    "given",
    [{"false_alarm": 2}, {"features": {"temp": {"roc_auc_drop": {}}}}, {"features": {"a": 3}}],
)
def test_a_models_file_that_errs_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        READ.validate_python(given)
