"""Which artefacts evaluation scores, and which it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.training.workshop import (
    pack,
    parcels,
    prepared_sets,
    small_model,
    small_trial,
)
from tidewatch.core.errors import DataError, ModelFormatError
from tidewatch.core.profile import SCORE
from tidewatch.training.dataset import Sets
from tidewatch.training.evaluation import evaluate


@pytest.fixture
def sets(tmp_path: Path) -> Sets:
    return prepared_sets(tmp_path, small_model())


@pytest.fixture
def trained(tmp_path: Path, sets: Sets) -> Path:
    small_trial(small_model(), sets).save(tmp_path / "trial")
    return tmp_path / "trial"


def test_a_pickle_beside_the_model_is_refused(tmp_path: Path, sets: Sets, trained: Path) -> None:
    (trained / "preprocessor.pkl").write_bytes(b"\x80\x04.")
    pack(trained, tmp_path / "artifact" / "model.tar.gz")

    with pytest.raises(ModelFormatError, match=r"preprocessor\.pkl"):
        evaluate(small_model(), tmp_path / "artifact", sets)


def test_an_artefact_of_other_features_is_refused(
    tmp_path: Path, sets: Sets, trained: Path
) -> None:
    pack(trained, tmp_path / "artifact" / "model.tar.gz")
    other = small_model(features={"region": "categorical", "weight": "numeric"})

    with pytest.raises(DataError, match="found an artefact trained on region, weight, wind"):
        evaluate(other, tmp_path / "artifact", sets)


def test_the_reference_is_a_sample_spread_over_the_whole_validation_set(
    tmp_path: Path, sets: Sets, trained: Path
) -> None:
    pack(trained, tmp_path / "artifact" / "model.tar.gz")
    rows = 12_000
    source = parcels(rows)
    columns = {
        **{name: source[name] for name in ("sent", "late", "region")},
        "weight": np.arange(rows, dtype=float),
        "wind": np.zeros(rows),
    }
    long = pa.table(columns, schema=sets.train.schema)

    reference = evaluate(small_model(), tmp_path / "artifact", Sets(sets.train, long)).reference

    weights = reference.column("weight").to_numpy()
    assert reference.num_rows == 5000
    assert (weights[0], weights[-1]) == (0, rows - 1)
    assert max(np.diff(weights)) <= 3


def test_the_baseline_learns_the_noise_between_windows_of_features_and_of_unseen_scores(
    tmp_path: Path, sets: Sets, trained: Path
) -> None:
    pack(trained, tmp_path / "artifact" / "model.tar.gz")
    monitoring = {"lateness": "1h", "max_runtime": "10m", "min_rows": 40}

    daily = small_model(monitoring=monitoring | {"window": "1d"})
    found = evaluate(daily, tmp_path / "artifact", sets).baseline
    assert found.feature_noise.keys() == daily.features.keys()
    weight = found.feature_noise["weight"]["psi"]
    assert weight.ceiling > weight.expected > 0
    assert found.score_noise[SCORE].keys() == {"psi", "missing_rise", "outlier_rise"}

    # Ten days of validation hold too few windows of two days.
    slower = small_model(monitoring=monitoring | {"window": "2d"})
    found = evaluate(slower, tmp_path / "artifact", sets).baseline
    assert found.feature_noise.keys() == daily.features.keys()
    assert found.score_noise == {}
