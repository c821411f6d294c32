from __future__ import annotations

import math

import numpy as np
import orjson
import pyarrow as pa
import pytest

from tidewatch.core.config import FeatureKind, Thresholds
from tidewatch.core.drift import compare
from tidewatch.core.errors import BaselineError
from tidewatch.core.profile import Baseline, Profile, merge, profile, reference_profile
from tidewatch.core.verdict import Noise

KINDS = {"x": FeatureKind.NUMERIC, "c": FeatureKind.CATEGORICAL}


def window() -> pa.Table:
    random = np.random.default_rng(8)
    return pa.table({"x": random.normal(size=3000), "c": random.choice(["a", "ü", ""], 3000)})


def reference() -> Profile:
    return reference_profile(window(), KINDS)


def baseline() -> Baseline:
    return Baseline(
        features=reference(),
        score=reference_profile(pa.table({"score": [0.1, 0.9]}), {"score": FeatureKind.NUMERIC}),
        scores={"roc_auc": 0.75, "precision": None},
        trained_on={"start": "2013-01-01T00:00:00Z", "end": "2013-04-01T00:00:00Z", "rows": 3000},
        feature_noise={"x": {"psi": Noise(0.5, 2.25), "missing_rise": Noise(0.0, 0.125)}},
        score_noise={"score": {"psi": Noise(0.25, 0.75)}},
        estimator={"kind": "binary", "threshold": 0.5},
    )


def test_a_profile_reads_back_as_it_was_and_still_compares_and_merges() -> None:
    before = reference()
    after = Profile.from_json(before.to_json())
    assert after.to_json() == before.to_json()
    assert after.kinds == KINDS
    seen = profile(window(), after)
    assert merge(seen, before).rows == 6000
    assert compare(after, seen, Thresholds(), 200).mean_psi == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    "values", [[], [None], [math.inf, math.nan], [1.7e308, -1.7e308, 1.7e308], [5e-324, 0.0]]
)
def test_extreme_profiles_read_back_as_they_were(values: list[float | None]) -> None:
    table = pa.table({"x": pa.array(values, pa.float64()), "c": pa.nulls(len(values))})
    before = reference_profile(table, KINDS)
    assert Profile.from_json(before.to_json()).to_json() == before.to_json()


def test_a_baseline_reads_back_as_it_was() -> None:
    before = baseline()
    after = Baseline.from_json(before.to_json())
    assert after.to_json() == before.to_json()
    assert after.scores == {"roc_auc": 0.75, "precision": None}
    assert after.trained_on["rows"] == 3000
    assert (after.feature_noise, after.score_noise) == (before.feature_noise, before.score_noise)
    assert after.estimator == {"kind": "binary", "threshold": 0.5}


def test_a_baseline_from_before_noise_was_learned_is_read_as_one_that_learned_none() -> None:
    document = orjson.loads(baseline().to_json()) | {"version": 1}
    del document["feature_noise"], document["score_noise"]
    after = Baseline.from_json(orjson.dumps(document))
    assert (after.feature_noise, after.score_noise) == ({}, {})
    assert after.features.to_json() == baseline().features.to_json()


def test_a_baseline_from_before_estimates_is_read_as_one_without_estimator() -> None:
    document = orjson.loads(baseline().to_json()) | {"version": 2}
    del document["estimator"]
    after = Baseline.from_json(orjson.dumps(document))
    assert after.estimator is None
    assert (after.feature_noise, after.score_noise) == (
        baseline().feature_noise,
        baseline().score_noise,
    )


def test_an_estimator_that_is_no_document_is_refused() -> None:
    document = orjson.loads(baseline().to_json()) | {"estimator": [1.0]}
    with pytest.raises(BaselineError, match="estimator"):
        Baseline.from_json(orjson.dumps(document))


@pytest.mark.parametrize("damage", [None, {"x": None}, {"x": {"psi": {"expected": 1.0}}}])
def test_damaged_noise_is_refused(damage: object) -> None:
    document = orjson.loads(baseline().to_json()) | {"feature_noise": damage}
    with pytest.raises(BaselineError, match="noise"):
        Baseline.from_json(orjson.dumps(document))


def test_documents_name_their_format_and_version() -> None:
    written = {
        (document["format"], document["version"])
        for document in map(orjson.loads, (reference().to_json(), baseline().to_json()))
    }
    assert written == {("tidewatch-profile", 2), ("tidewatch-baseline", 3)}


def test_an_unknown_version_is_refused_with_what_was_found_expected_and_to_do() -> None:
    document = orjson.loads(baseline().to_json()) | {"version": 4}
    with pytest.raises(BaselineError) as caught:
        Baseline.from_json(orjson.dumps(document))
    [fault] = caught.value.faults
    assert (fault.found, fault.expected) == ("version 4", "version 1 or 2 or 3")
    assert "evaluate the model again" in fault.remedy


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff", b"[]", b"null", b"{}", b'{"format": "tidewatch-profile", "version": 1}'],
)
def test_what_is_no_baseline_is_refused(data: bytes) -> None:
    with pytest.raises(BaselineError):
        Baseline.from_json(data)


@pytest.mark.parametrize(
    ("feature", "key", "value"),
    [
        ("x", "counts", [1, 2]),
        ("x", "counts", None),
        ("x", "edges", {}),
        ("x", "kind", "ordinal"),
        ("x", "missing", "many"),
        ("c", "counts", [1]),
        ("c", "categories", ["a", "a", "b"]),
        ("c", "sample", []),
    ],
)
def test_a_damaged_profile_is_refused(feature: str, key: str, value: object) -> None:
    document = orjson.loads(reference().to_json())
    document["features"][feature][key] = value
    with pytest.raises(BaselineError, match="tidewatch-profile"):
        Profile.from_json(orjson.dumps(document))


def test_edges_that_do_not_rise_are_refused() -> None:
    document = orjson.loads(reference().to_json())
    document["features"]["x"]["edges"]["fine"].reverse()
    with pytest.raises(BaselineError, match="rise"):
        Profile.from_json(orjson.dumps(document))
