from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mlflow
import pytest
from mlflow.exceptions import MlflowException

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.roles import Statement, allow, credentials, role
from tests.functional.localcloud.templates import stack
from tests.functional.localcloud.workbench import unique


@pytest.fixture(scope="module")
def bucket(cloud: LocalCloud) -> str:
    name = unique("mlflow")
    cloud.session().client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="module")
def app(cloud: LocalCloud, bucket: str) -> Iterator[str]:
    """The ARN of a running MLflow app."""
    properties = {
        "Name": unique("app"),
        "ArtifactStoreUri": f"s3://{bucket}/mlflow",
        "RoleArn": role(cloud, "sagemaker", allow("s3:*", f"arn:aws:s3:::{bucket}*")),
    }
    resources = {"App": {"Type": "AWS::SageMaker::MlflowApp", "Properties": properties}}
    with stack(cloud, "App", "App.Arn") as made:
        outputs = made.deploy(resources)
        assert outputs["App"] == outputs["App.Arn"]
        yield outputs["App"]


def client(
    cloud: LocalCloud, app: str, patch: pytest.MonkeyPatch, *policy: Statement
) -> mlflow.MlflowClient:
    """MLflow's own client with SageMaker's plug-in, as a job of a new role has it."""
    for key, value in credentials(cloud, role(cloud, "sagemaker", *policy)).items():
        patch.setenv(key.upper(), value)
    patch.setenv("AWS_ENDPOINT_URL", cloud.url)
    patch.setenv("SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT", f"{cloud.url}/_mlflow")
    patch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    mlflow.set_tracking_uri(app)
    return mlflow.MlflowClient(app)


def objects(cloud: LocalCloud, bucket: str) -> list[str]:
    answer: Any = cloud.session().client("s3").list_objects_v2(Bucket=bucket, Prefix="mlflow/")
    return [found["Key"] for found in answer.get("Contents", [])]


def test_runs_go_to_the_server_and_artefacts_to_the_bucket_under_the_jobs_own_rights(
    cloud: LocalCloud, app: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = allow("sagemaker:CallMlflowAppApi", app)
    put = allow("s3:PutObject", f"arn:aws:s3:::{bucket}/mlflow/*")
    made = client(cloud, app, monkeypatch, call, put)
    experiment = made.create_experiment(unique("flights, and weather: 2013+2014"))
    run = made.create_run(experiment)
    made.log_metric(run.info.run_id, "roc_auc", 0.7)
    made.log_text(run.info.run_id, "hello", "model/note.txt")
    found = made.search_runs([experiment], "metrics.roc_auc > 0.6")
    assert [each.info.run_id for each in found] == [run.info.run_id]
    assert any(key.endswith("artifacts/model/note.txt") for key in objects(cloud, bucket))


def test_calling_the_server_needs_permission_on_the_app(
    cloud: LocalCloud, app: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_another = allow("sagemaker:CallMlflowAppApi", f"{app}-other")
    made = client(cloud, app, monkeypatch, call_another)
    with pytest.raises(MlflowException, match="CallMlflowAppApi"):
        made.search_experiments()


def test_an_app_that_does_not_run_is_not_found(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-GONE"
    made = client(cloud, gone, monkeypatch, allow("sagemaker:CallMlflowAppApi", gone))
    with pytest.raises(MlflowException, match="no mlflow runs"):
        made.search_experiments()
