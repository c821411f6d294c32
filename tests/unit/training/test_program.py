"""The training program, run as its container runs it, with a real MLflow store."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from tests.unit.training.workshop import (
    prepared_sets,
    put_document,
    run_program,
    small_model,
)

# MLflow's own use of SQLAlchemy, when its store is opened.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated")


@pytest.fixture
def ml_root(tmp_path: Path) -> Path:
    root = tmp_path / "ml"
    data = root / "input" / "data"
    put_document(data / "model", small_model())
    prepared_sets(data, small_model())
    return root


def put_hyperparameters(ml_root: Path, **texts: str) -> None:
    folder = ml_root / "input" / "config"
    folder.mkdir(parents=True)
    (folder / "hyperparameters.json").write_text(json.dumps(texts))


def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "TRAINING_JOB_NAME": "tuning-001",
        "RUN_ID": "run-1",
        "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db",
    }


def test_a_trial_leaves_its_objective_its_artefact_and_an_mlflow_run(
    tmp_path: Path, ml_root: Path
) -> None:
    put_hyperparameters(
        ml_root, num_leaves="8", num_boost_round="40", _tuning_objective_metric="ignored"
    )

    ended = run_program("training", ml_root, environment(tmp_path))

    assert ended.returncode == 0, ended.stderr
    (objective,) = re.findall(r"validation:roc_auc=([0-9.]+)", ended.stdout)
    assert sorted(path.name for path in (ml_root / "model").iterdir()) == [
        "mlflow_run.json",
        "model.txt",
        "signature.json",
    ]
    signature = json.loads((ml_root / "model" / "signature.json").read_text())
    assert signature["features"] == [
        {"name": "region", "kind": "categorical", "categories": ["east", "north", "south"]},
        {"name": "weight", "kind": "numeric", "categories": None},
        {"name": "wind", "kind": "numeric", "categories": None},
    ]
    assert signature["trained_on"] == {
        "start": "2024-01-01T00:00:00Z",
        "end": "2024-02-09T23:30:00Z",
        "rows": 1920,
    }
    run_id = json.loads((ml_root / "model" / "mlflow_run.json").read_text())["run_id"]
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    run = client.get_run(run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "tuning-001")
    assert run.data.tags.items() >= {"run_id": "run-1", "training_job": "tuning-001"}.items()
    assert run.data.params == {
        "num_leaves": "8",
        "num_boost_round": "40",
        "early_stopping_rounds": "25",
    }
    assert run.data.metrics["final_validation_roc_auc"] == pytest.approx(float(objective), abs=1e-6)
    history = client.get_metric_history(run_id, "validation_roc_auc")
    assert [point.step for point in history] == list(range(1, len(history) + 1))
    assert sorted(item.path for item in client.list_artifacts(run_id, "model")) == [
        "model/mlflow_run.json",
        "model/model.txt",
        "model/signature.json",
    ]


def test_an_unknown_hyperparameter_fails_the_job_with_every_fault(
    tmp_path: Path, ml_root: Path
) -> None:
    put_hyperparameters(ml_root, num_leafs="8", num_boost_round="many")

    ended = run_program("training", ml_root, environment(tmp_path))

    assert ended.returncode == 1
    failure = (ml_root / "output" / "failure").read_text()
    assert failure.startswith("ConfigError: ")
    assert "hyperparameter num_leafs" in failure
    assert "num_boost_round: found 'many'; expected a whole number" in failure
