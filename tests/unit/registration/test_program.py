"""The registration program, run as its container runs it, twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from mlflow.tracking import MlflowClient
from moto.server import ThreadedMotoServer

from tests.unit.training.workshop import (
    pack,
    prepared_sets,
    put_document,
    run_program,
    small_model,
    small_trial,
)
from tidewatch.aws.mlflow_registry import MlflowRegistry
from tidewatch.training.evaluation import evaluate

# MLflow's own use of SQLAlchemy, when its store is opened.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated")

MODEL_DATA_URL = "s3://artifacts/parcels/models/tuning-001/output/model.tar.gz"


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def environment(endpoint: str, tmp_path: Path) -> dict[str, str]:
    return {
        "RUN_ID": "run-1",
        "TUNING_JOB": "tuning",
        "TRAINING_JOB": "tuning-001",
        "MODEL_DATA_URL": MODEL_DATA_URL,
        "EVALUATION_URI": "s3://artifacts/parcels/runs/run-1/evaluation",
        "SERVING_IMAGE": "123456789012.dkr.ecr.us-east-1.amazonaws.com/tidewatch/serving:1",
        "MODEL_PACKAGE_GROUP": "parcels",
        "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


@pytest.fixture
def ml_root(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # where MLflow puts artefacts
    root = tmp_path / "ml"
    given = root / "processing" / "input"
    put_document(given / "model", small_model())
    sets = prepared_sets(tmp_path / "sets", small_model())
    artifact = tmp_path / "trial"
    small_trial(small_model(), sets).save(artifact)
    registry = MlflowRegistry(environment["MLFLOW_TRACKING_URI"])
    with registry.trial("parcels", "tuning-001", {}) as run:
        (artifact / "mlflow_run.json").write_text(json.dumps({"run_id": run.run_id}))
        run.log_artifacts(artifact)
    pack(artifact, given / "artifact" / "model.tar.gz")
    evaluate(small_model(), given / "artifact", sets).save(given / "evaluation")
    return root


def test_registers_one_version_however_often_it_runs(
    endpoint: str, environment: dict[str, str], ml_root: Path
) -> None:
    sagemaker = boto3.client(
        "sagemaker",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    sagemaker.create_model_package_group(ModelPackageGroupName="parcels")

    attempts = [run_program("registration", ml_root, environment) for _ in range(2)]

    assert [ended.returncode for ended in attempts] == [0, 0], attempts[0].stderr
    first, second = (json.loads(ended.stdout.splitlines()[-1]) for ended in attempts)
    assert (first["created"], second["created"]) == (True, False)
    assert {**first, "created": False} == second
    output = ml_root / "processing" / "output" / "registration" / "registration.json"
    assert json.loads(output.read_text()) == second

    (summary,) = sagemaker.list_model_packages(ModelPackageGroupName="parcels")[
        "ModelPackageSummaryList"
    ]
    package = sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
    scores = json.loads(
        (ml_root / "processing" / "input" / "evaluation" / "scores.json").read_text()
    )
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["InferenceSpecification"]["Containers"][0]["Image"].endswith("serving:1")
    assert package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == MODEL_DATA_URL
    assert package["CustomerMetadataProperties"] == {
        "baseline": "s3://artifacts/parcels/runs/run-1/evaluation/baseline.json",
        "scores": "s3://artifacts/parcels/runs/run-1/evaluation/scores.json",
        "reference": "s3://artifacts/parcels/runs/run-1/evaluation/reference.parquet",
        "mlflow_run_id": first["mlflow_run_id"],
        "mlflow_version": "1",
        "run_id": "run-1",
        "train_start": "2024-01-01T00:00:00+00:00",
        "train_end": "2024-02-09T23:30:00+00:00",
        "roc_auc": f"{scores['roc_auc']:.6f}",
    }

    mlflow = MlflowClient(environment["MLFLOW_TRACKING_URI"])
    (version,) = mlflow.search_model_versions("name='parcels'")
    assert (str(version.version), version.run_id) == ("1", first["mlflow_run_id"])
    assert str(version.source).endswith(f"{first['mlflow_run_id']}/artifacts/model")
    assert version.tags["run_id"] == "run-1"
