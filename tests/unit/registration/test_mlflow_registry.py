"""Trials and versions in a real MLflow store."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlflow.tracking import MlflowClient

from tidewatch.aws.mlflow_registry import MlflowRegistry

# MLflow's own use of SQLAlchemy, when its store is opened.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated")


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"


@pytest.fixture(autouse=True)
def _artefacts_in_a_folder_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_trial_that_raises_is_a_failed_run(uri: str) -> None:
    registry = MlflowRegistry(uri)

    with pytest.raises(RuntimeError), registry.trial("failing", "job", {}) as run:
        raise RuntimeError

    assert MlflowClient(uri).get_run(run.run_id).info.status == "FAILED"


def test_trials_of_one_model_share_its_experiment(uri: str) -> None:
    registry = MlflowRegistry(uri)
    client = MlflowClient(uri)

    with registry.trial("shared", "one", {}) as one, registry.trial("shared", "two", {}) as two:
        experiments = {client.get_run(run.run_id).info.experiment_id for run in (one, two)}

    (shared,) = client.search_experiments(filter_string="name = 'shared'")
    assert experiments == {shared.experiment_id}


def test_a_long_history_is_logged_whole(uri: str) -> None:
    registry = MlflowRegistry(uri)

    with registry.trial("long", "job", {}) as run:
        run.log_history({"loss": [float(place) for place in range(1500)]}, timestamp_ms=1)

    history = MlflowClient(uri).get_metric_history(run.run_id, "loss")
    assert [point.value for point in sorted(history, key=lambda point: point.step)] == [
        float(place) for place in range(1500)
    ]


def test_a_training_run_has_one_version_and_the_next_run_another(uri: str) -> None:
    registry = MlflowRegistry(uri)
    with registry.trial("parcels", "job", {}) as run:
        pass

    versions = [
        registry.register("parcels", run.run_id, run_id, {})
        for run_id in ("run-1", "run-1", "run-2")
    ]

    assert [(item.version, item.created) for item in versions] == [
        ("1", True),
        ("1", False),
        ("2", True),
    ]
