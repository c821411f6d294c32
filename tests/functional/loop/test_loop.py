"""The loop, closed: raw data to an alert, and back to a better model."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import mlflow
import psutil
from mlflow import MlflowClient

from demo import executions
from demo.background_cloud import BackgroundCloud
from demo.deployment import deploy
from demo.findings import findings
from demo.versions import versions
from tests.functional.loop.conftest import World

LOOPBACK = {"127.0.0.1", "::1"}


def read(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def live(world: World) -> dict[str, Any]:
    sagemaker = world.cloud.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=world.deployment.endpoint)
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    return {item["VariantName"]: item for item in config["ProductionVariants"]}


def version_of(world: World, model_name: str) -> str:
    model = world.cloud.client("sagemaker").describe_model(ModelName=model_name)
    return str(model["PrimaryContainer"]["ModelPackageName"].rsplit("/", 1)[-1])


def judge_again(world: World) -> None:
    machine = world.deployment.machine("flights-monitoring")
    executions.start(world.cloud, machine, {"window": "due"}).wait()


def test_every_resource_of_the_stacks_is_emulated(world: World) -> None:
    assert read(f"{world.cloud.url}/_localcloud/not-emulated") == []


def test_every_trial_is_an_mlflow_run_with_parameters_metrics_and_artefacts(world: World) -> None:
    mlflow.set_tracking_uri(read(f"{world.cloud.url}/_localcloud/services")["mlflow"])
    client = MlflowClient()
    experiment = client.get_experiment_by_name("flights")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) == 16
    for run in runs:
        assert run.data.params["num_leaves"]
        assert 0.5 < run.data.metrics["final_validation_roc_auc"] < 1
        assert run.info.artifact_uri.startswith("s3://")


def test_each_version_is_registered_with_the_baseline_that_monitoring_resolves(
    world: World,
) -> None:
    s3 = world.cloud.client("s3")
    found = versions(world.cloud, "flights")
    assert [version.number for version in found] == ["1", "2"]
    for version in found:
        bucket, _, key = version.metadata["baseline"].removeprefix("s3://").partition("/")
        assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] > 0


def test_real_drift_started_one_retraining_by_itself_and_its_version_is_the_challenger(
    world: World,
) -> None:
    runs = executions.of_machine(world.cloud, world.deployment.machine("flights-training"))
    assert len(runs) == 2
    assert world.facts.retrained
    variants = live(world)
    assert version_of(world, variants["champion"]["ModelName"]) == "1"
    assert version_of(world, variants["challenger"]["ModelName"]) == "2"


def test_what_was_read_is_what_is_in_the_log_and_what_was_quarantined(world: World) -> None:
    judge_again(world)  # takes in what was delivered after the last run
    found = findings(world.history, "flights")
    assert found["captured"]["rows"] + found["quarantined"]["rows"] == world.facts.rows
    assert set(found["quarantined"]["reasons"]) == {"duplicate_id"}


def test_every_window_is_judged_for_each_variant(world: World) -> None:
    rows = world.history.sql(
        "metrics",
        """
        SELECT window_start, list(DISTINCT variant ORDER BY variant) AS variants FROM rows
        WHERE unit = 'data_monitor' AND metric = 'verdict' AND feature = ''
        GROUP BY window_start
        """,
    )
    assert len(rows) >= 8
    assert all(row["variants"] == ["challenger", "champion"] for row in rows)


def test_running_the_monitors_again_changes_nothing(world: World) -> None:
    judge_again(world)
    count = """
        SELECT count(*) AS n, count(DISTINCT judged_at) AS times FROM rows
        WHERE unit NOT IN ('prediction_log', 'capture')
        """
    before = world.history.sql("metrics", count)
    judge_again(world)
    assert world.history.sql("metrics", count) == before


def test_a_critical_alert_reached_mail_chat_and_pager(world: World) -> None:
    inbox = read(f"{world.cloud.url}/_localcloud/services")["inbox"]
    criticals = [
        message for message in read(f"{inbox}/messages") if message["severity"] == "critical"
    ]
    assert {message["channel"] for message in criticals} == {"email", "slack", "pagerduty"}


def test_metrics_reached_cloudwatch_with_model_version_and_variant(world: World) -> None:
    metrics = world.cloud.client("cloudwatch").list_metrics(
        Namespace="Tidewatch", MetricName="data_monitor_drifted_share"
    )["Metrics"]
    named = [{item["Name"]: item["Value"] for item in metric["Dimensions"]} for metric in metrics]
    assert {"Model": "flights", "Version": "1", "Variant": "champion"} in named
    assert {"Model": "flights", "Version": "1", "Variant": "challenger"} in named


def test_deploying_again_keeps_what_is_live(world: World) -> None:
    before = live(world)
    deploy(world.places, world.cloud, lambda _text: None)
    assert live(world) == before


def test_nothing_listens_beyond_loopback(world: World) -> None:
    cloud = psutil.Process(BackgroundCloud.pid(world.places))
    listening = [
        connection.laddr.ip
        for process in [cloud, *cloud.children(recursive=True)]
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) <= LOOPBACK
