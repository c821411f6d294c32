"""The evaluation program, run as its container runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from tests.unit.training.workshop import (
    pack,
    prepared_sets,
    put_document,
    run_program,
    small_model,
    small_trial,
)
from tidewatch.core.profile import SCORE, Baseline


@pytest.fixture
def ml_root(tmp_path: Path) -> Path:
    given = tmp_path / "processing" / "input"
    put_document(given / "model", small_model())
    trial = small_trial(small_model(), prepared_sets(given, small_model()))
    trial.save(tmp_path / "trial")
    pack(tmp_path / "trial", given / "artifact" / "model.tar.gz")
    return tmp_path


def test_writes_the_scores_the_baseline_and_the_reference(ml_root: Path) -> None:
    ended = run_program("evaluation", ml_root, {})

    assert ended.returncode == 0, ended.stderr
    output = ml_root / "processing" / "output" / "evaluation"
    scores = json.loads((output / "scores.json").read_text())
    reference = pq.read_table(output / "reference.parquet")
    assert reference.column_names == ["region", "weight", "wind", "label", "score"]
    assert scores["rows"] == reference.num_rows == 481
    assert scores["roc_auc"] == pytest.approx(
        roc_auc_score(reference.column("label").to_numpy(), reference.column("score").to_numpy())
    )
    assert sum(scores["confusion_matrix"].values()) == 481
    baseline = Baseline.from_json((output / "baseline.json").read_bytes())
    assert (baseline.features.rows, baseline.score.rows) == (1920, 481)
    assert list(baseline.features.features) == ["region", "weight", "wind"]
    assert list(baseline.score.features) == [SCORE]
    assert baseline.scores == scores
    assert baseline.trained_on["rows"] == 1920


def test_a_job_without_an_artefact_fails_with_what_to_do(ml_root: Path) -> None:
    (ml_root / "processing" / "input" / "artifact" / "model.tar.gz").unlink()

    ended = run_program("evaluation", ml_root, {})

    assert ended.returncode == 1
    message = (ml_root / "output" / "message").read_text()
    assert "found 0 archives; expected one model.tar.gz" in message
