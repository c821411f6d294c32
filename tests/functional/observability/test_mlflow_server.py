"""A real MLflow server, used by SageMaker's MLflow client through a gateway's path."""

from __future__ import annotations

import http.client
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
import requests
from mlflow.tracking import MlflowClient

from localcloud import mlflow_server
from localcloud.cloud import LocalCloud

ARN = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-1"
PREFIX = "/_mlflow"
BUCKET = "observability-mlflow"


@pytest.fixture(scope="module")
def server(
    cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[mlflow_server.MlflowServer]:
    cloud.session().client("s3").create_bucket(Bucket=BUCKET)
    home = tmp_path_factory.mktemp("mlflow")
    started = mlflow_server.start(home, f"s3://{BUCKET}/mlflow", cloud.environment())
    yield started
    started.stop()


@pytest.fixture
def gateway(server: mlflow_server.MlflowServer) -> Iterator[str]:
    """An address that passes `/_mlflow/…` on to the server."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            host, port = server.url.removeprefix("http://").split(":")
            connection = http.client.HTTPConnection(host, int(port))
            path = self.path.removeprefix(PREFIX)
            kind = {"content-type": self.headers.get("content-type", "application/json")}
            connection.request(self.command, path, body, kind)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            self.send_response(answer.status)
            self.send_header("content-type", answer.getheader("content-type") or "text/plain")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - names that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{proxy.server_port}{PREFIX}"
        proxy.shutdown()
        thread.join()


def test_a_run_is_tracked_through_the_gateway_with_its_artefacts_in_s3(
    cloud: LocalCloud, gateway: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT", gateway)
    mlflow.set_tracking_uri(ARN)
    client = MlflowClient(ARN)
    run = client.create_run(client.create_experiment("flights")).info
    client.log_metric(run.run_id, "roc_auc", 0.7)
    (tmp_path / "model.txt").write_text("tree")
    client.log_artifact(run.run_id, str(tmp_path / "model.txt"), "model")
    client.create_registered_model("flights")
    version = client.create_model_version("flights", f"{run.artifact_uri}/model", run.run_id)

    assert client.get_run(run.run_id).data.metrics == {"roc_auc": 0.7}
    assert str(version.version) == "1"
    stored = cloud.session().client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [item["Key"] for item in stored] == [
        f"mlflow/{run.experiment_id}/{run.run_id}/artifacts/model/model.txt"
    ]


def test_the_server_s_own_page_answers(server: mlflow_server.MlflowServer) -> None:
    answer = requests.get(server.url, timeout=30)
    assert answer.status_code == 200
    assert "<title>MLflow</title>" in answer.text


def test_another_host_name_is_refused(server: mlflow_server.MlflowServer) -> None:
    url = f"{server.url}/api/2.0/mlflow/experiments/get?experiment_id=0"
    assert requests.get(url, timeout=30).status_code == 200
    refused = requests.get(url, headers={"host": "attacker.example"}, timeout=30)
    assert refused.status_code == 403
