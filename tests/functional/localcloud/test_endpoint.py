from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.workbench import (
    EventQueue,
    Workbench,
    archive,
    image,
    unique,
    until,
)

CSV = "text/csv"
IMAGES = Path(__file__).parent / "containers"


@pytest.fixture(scope="module")
def bench(cloud: LocalCloud) -> Workbench:
    return Workbench.create(cloud)


@pytest.fixture(scope="module")
def ab(bench: Workbench) -> Iterator[str]:
    """An endpoint with a champion (answers 1.0) and a challenger (answers 2.0), all captured."""
    name = make_endpoint(
        bench,
        {"champion": (make_model(bench, 1.0), 0.8), "challenger": (make_model(bench, 2.0), 0.2)},
        capture(bench),
    )
    wait_in_service(bench, name)
    yield name
    bench.client("sagemaker").delete_endpoint(EndpointName=name)


def make_model(bench: Workbench, constant: float, **more: Any) -> str:
    name = unique("model")
    document = json.dumps({"constant": constant, **more}).encode()
    uri = bench.put(f"{name}/model.tar.gz", archive({"model.json": document}))
    bench.client("sagemaker").create_model(
        ModelName=name,
        ExecutionRoleArn=bench.role,
        PrimaryContainer={
            "Image": image("test_scorer"),
            "ModelDataUrl": uri,
            "Environment": {"MODEL_VERSION": str(int(constant))},
        },
    )
    return name


def make_config(
    bench: Workbench, models: dict[str, tuple[str, float]], captured: dict[str, Any] | None = None
) -> str:
    name = unique("config")
    bench.client("sagemaker").create_endpoint_config(
        EndpointConfigName=name,
        ProductionVariants=[
            {
                "VariantName": variant,
                "ModelName": model,
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m7i.large",
                "InitialVariantWeight": weight,
            }
            for variant, (model, weight) in models.items()
        ],
        **({"DataCaptureConfig": captured} if captured else {}),
    )
    return name


def make_endpoint(
    bench: Workbench, models: dict[str, tuple[str, float]], captured: dict[str, Any] | None = None
) -> str:
    name = unique("endpoint")
    bench.client("sagemaker").create_endpoint(
        EndpointName=name, EndpointConfigName=make_config(bench, models, captured)
    )
    return name


def capture(bench: Workbench, percentage: int = 100) -> dict[str, Any]:
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": percentage,
        "DestinationS3Uri": bench.uri("capture"),
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        },
    }


def describe(bench: Workbench, name: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.client("sagemaker").describe_endpoint(EndpointName=name)
    return found


def settled(bench: Workbench, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = describe(bench, name)
        return found if found["EndpointStatus"] in {"InService", "Failed"} else None

    return until(look)


def wait_in_service(bench: Workbench, name: str) -> None:
    found = settled(bench, name)
    assert found["EndpointStatus"] == "InService", found.get("FailureReason")


def invoke(bench: Workbench, name: str, body: str = "1,2", **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = bench.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=name, **{"Body": body, "ContentType": CSV, **fields}
    )
    answer["text"] = answer["Body"].read().decode()
    return answer


def invoke_to_failure(bench: Workbench, name: str, body: str) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        invoke(bench, name, body)
    response: Any = caught.value.response
    return response  # type: ignore[no-any-return]


def captured_records(bench: Workbench, name: str, variant: str) -> list[dict[str, Any]]:
    prefix = f"capture/{name}/{variant}/"
    return [
        json.loads(line)
        for key in bench.keys(prefix)
        for line in bench.get(prefix + key).splitlines()
    ]


def test_every_variant_answers_with_its_own_model(bench: Workbench, ab: str) -> None:
    for variant, answer in (("champion", "1.0\n1.0"), ("challenger", "2.0\n2.0")):
        found = invoke(bench, ab, "1,2\n3,4", TargetVariant=variant)
        assert found["text"] == answer
        assert found["InvokedProductionVariant"] == variant


def test_the_answers_content_type_and_custom_attributes_reach_the_caller(
    bench: Workbench, ab: str
) -> None:
    found = invoke(bench, ab, TargetVariant="challenger", CustomAttributes="trace=7")
    assert found["ContentType"] == "text/csv; charset=utf-8; version=2"
    assert found["CustomAttributes"] == "seen trace=7"


def test_traffic_follows_the_weights(bench: Workbench, ab: str) -> None:
    found = Counter(invoke(bench, ab)["InvokedProductionVariant"] for _ in range(200))
    assert 120 <= found["champion"] <= 190  # 160 expected: seven standard deviations below


def test_new_weights_hold_at_once(bench: Workbench) -> None:
    models = {"a": (make_model(bench, 1.0), 1.0), "b": (make_model(bench, 2.0), 1.0)}
    name = make_endpoint(bench, models)
    wait_in_service(bench, name)
    bench.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[{"VariantName": "a", "DesiredWeight": 0.0}],
    )
    assert {invoke(bench, name)["text"] for _ in range(20)} == {"2.0"}
    weights = {
        each["VariantName"]: each["CurrentWeight"]
        for each in describe(bench, name)["ProductionVariants"]
    }
    assert weights == {"a": 0.0, "b": 1.0}


def test_the_models_own_errors_are_model_errors(bench: Workbench, ab: str) -> None:
    refused = invoke_to_failure(bench, ab, "refuse")
    assert refused["Error"]["Code"] == "ModelError"
    assert refused["OriginalStatusCode"] == 400
    assert refused["OriginalMessage"] == '{"error": {"found": "refuse"}}'
    assert invoke_to_failure(bench, ab, "break")["OriginalStatusCode"] == 500


def test_an_unknown_endpoint_or_variant_is_a_validation_error(bench: Workbench, ab: str) -> None:
    unknown = invoke_to_failure(bench, "nothing-here", "1,2")
    assert unknown["Error"]["Code"] == "ValidationError"
    assert "Endpoint nothing-here of account 123456789012 not found" in unknown["Error"]["Message"]
    with pytest.raises(ClientError, match="Variant nobody not found"):
        invoke(bench, ab, TargetVariant="nobody")


def test_captured_records_have_awss_form_and_place(bench: Workbench, ab: str) -> None:
    invoke(bench, ab, "7,8\n9,10", TargetVariant="challenger", InferenceId="flight-1")

    def look() -> dict[str, Any] | None:
        return next(
            (
                record
                for record in captured_records(bench, ab, "challenger")
                if record["eventMetadata"].get("inferenceId") == "flight-1"
            ),
            None,
        )

    record = until(look)
    assert record["captureData"] == {
        "endpointInput": {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "7,8\n9,10",
            "encoding": "CSV",
        },
        "endpointOutput": {
            "observedContentType": "text/csv; charset=utf-8; version=2",
            "mode": "OUTPUT",
            "data": "2.0\n2.0",
            "encoding": "CSV",
        },
    }
    assert record["eventVersion"] == "0"
    moment = datetime.fromisoformat(record["eventMetadata"]["inferenceTime"])
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=2)
    key = bench.keys(f"capture/{ab}/challenger/")[0]
    assert key.startswith(f"{moment:%Y/%m/%d}/")
    assert key.endswith(".jsonl")


def test_many_records_share_one_object(bench: Workbench) -> None:
    name = make_endpoint(bench, {"only": (make_model(bench, 1.0), 1.0)}, capture(bench))
    wait_in_service(bench, name)
    for number in range(100):
        invoke(bench, name, InferenceId=str(number))
    until(lambda: len(captured_records(bench, name, "only")) == 100)
    assert len(bench.keys(f"capture/{name}/only/")) <= 10


def test_deleting_an_endpoint_writes_its_last_records(bench: Workbench) -> None:
    name = make_endpoint(bench, {"only": (make_model(bench, 1.0), 1.0)}, capture(bench))
    wait_in_service(bench, name)
    invoke(bench, name)
    bench.client("sagemaker").delete_endpoint(EndpointName=name)
    with pytest.raises(ClientError, match="Could not find endpoint"):
        describe(bench, name)
    until(lambda: len(captured_records(bench, name, "only")) == 1)


def test_an_update_serves_all_the_while_and_then_with_the_new_model(bench: Workbench) -> None:
    name = make_endpoint(bench, {"champion": (make_model(bench, 1.0), 1.0)})
    wait_in_service(bench, name)
    config = make_config(bench, {"champion": (make_model(bench, 3.0), 1.0)})
    bench.client("sagemaker").update_endpoint(EndpointName=name, EndpointConfigName=config)
    seen = []
    while describe(bench, name)["EndpointStatus"] == "Updating":
        seen.append(invoke(bench, name)["text"])
    assert seen[0] == "1.0"
    assert seen == sorted(seen)
    assert invoke(bench, name)["text"] == "3.0"
    assert describe(bench, name)["EndpointConfigName"] == config


def test_a_failed_update_keeps_the_old_configuration_serving(bench: Workbench) -> None:
    name = make_endpoint(bench, {"champion": (make_model(bench, 1.0), 1.0)})
    wait_in_service(bench, name)
    before = describe(bench, name)["EndpointConfigName"]
    config = make_config(bench, {"champion": (make_model(bench, 3.0, broken=True), 1.0)})
    bench.client("sagemaker").update_endpoint(EndpointName=name, EndpointConfigName=config)
    found = settled(bench, name)
    assert found["EndpointStatus"] == "InService"
    assert "this model cannot be loaded" in found["FailureReason"]
    assert found["EndpointConfigName"] == before
    assert invoke(bench, name)["text"] == "1.0"


def test_a_crashed_server_is_started_again(bench: Workbench) -> None:
    name = make_endpoint(bench, {"only": (make_model(bench, 1.0), 1.0)})
    wait_in_service(bench, name)
    assert "closed the connection" in invoke_to_failure(bench, name, "crash")["OriginalMessage"]

    def look() -> str | None:
        try:
            return str(invoke(bench, name)["text"])
        except ClientError:
            return None

    assert until(look) == "1.0"


def test_a_model_that_cannot_be_loaded_fails_the_endpoint_with_its_log(bench: Workbench) -> None:
    name = make_endpoint(bench, {"only": (make_model(bench, 1.0, broken=True), 1.0)})
    found = settled(bench, name)
    assert found["EndpointStatus"] == "Failed"
    assert "this model cannot be loaded" in found["FailureReason"]


def test_an_archive_that_leads_outside_is_refused(bench: Workbench) -> None:
    name = unique("model")
    uri = bench.put(f"{name}/model.tar.gz", archive({"../../evil.txt": b"x"}))
    bench.client("sagemaker").create_model(
        ModelName=name,
        ExecutionRoleArn=bench.role,
        PrimaryContainer={"Image": image("test_scorer"), "ModelDataUrl": uri},
    )
    found = settled(bench, make_endpoint(bench, {"only": (name, 1.0)}))
    assert found["EndpointStatus"] == "Failed"
    assert "cannot be unpacked safely" in found["FailureReason"]


def test_a_model_package_brings_its_image_and_artefact(bench: Workbench) -> None:
    sagemaker = bench.client("sagemaker")
    group, model = unique("group"), unique("model")
    document = json.dumps({"constant": 5.0}).encode()
    uri = bench.put(f"{model}/model.tar.gz", archive({"model.json": document}))
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    package = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": image("test_scorer"), "ModelDataUrl": uri}],
            "SupportedContentTypes": [CSV],
            "SupportedResponseMIMETypes": [CSV],
        },
    )["ModelPackageArn"]
    request = {
        "ModelName": model,
        "ExecutionRoleArn": bench.role,
        "PrimaryContainer": {"ModelPackageName": package, "Environment": {"MODEL_VERSION": "9"}},
    }
    with pytest.raises(ClientError, match="PendingManualApproval; expected Approved"):
        sagemaker.create_model(**request)
    sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    sagemaker.create_model(**request)
    name = make_endpoint(bench, {"only": (model, 1.0)})
    wait_in_service(bench, name)
    found = invoke(bench, name)
    assert (found["text"], found["ContentType"]) == ("5.0", "text/csv; charset=utf-8; version=9")


def test_invocations_are_counted_in_cloudwatch(bench: Workbench) -> None:
    name = make_endpoint(bench, {"only": (make_model(bench, 1.0), 1.0)})
    wait_in_service(bench, name)
    for _ in range(4):
        invoke(bench, name)
    invoke_to_failure(bench, name, "refuse")

    def total(metric: str, statistic: str = "Sum") -> float:
        now = datetime.now(UTC)
        points = bench.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[
                {"Name": "EndpointName", "Value": name},
                {"Name": "VariantName", "Value": "only"},
            ],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=[statistic],
        )["Datapoints"]
        return float(sum(point[statistic] for point in points))

    until(lambda: total("Invocations") == 5)
    assert total("Invocation4XXErrors") == 1
    assert total("Invocation5XXErrors") == 0
    assert total("ModelLatency", "Maximum") > 0
    assert total("OverheadLatency", "Maximum") > 0


def test_every_change_of_an_endpoint_is_an_event(bench: Workbench) -> None:
    events = EventQueue.create(bench, "SageMaker Endpoint State Change")
    name = make_endpoint(bench, {"only": (make_model(bench, 1.0), 1.0)})
    found = events.next(lambda detail: detail["EndpointName"] == name)
    assert found["source"] == "aws.sagemaker"
    assert found["detail"]["EndpointStatus"] == "IN_SERVICE"
    assert found["resources"] == [describe(bench, name)["EndpointArn"]]


def test_stopping_the_cloud_ends_every_server_and_loses_no_record(tmp_path: Path) -> None:
    cloud = LocalCloud.start(tmp_path / "cloud", images=IMAGES)
    try:
        bench = Workbench.create(cloud)
        name = make_endpoint(bench, {"only": (make_model(bench, 1.0), 1.0)}, capture(bench))
        wait_in_service(bench, name)
        pid = int(invoke(bench, name, "pid")["text"])
        os.kill(pid, 0)
    finally:
        cloud.stop()
    assert "lost" not in cloud.log.read_text()

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    until(gone, seconds=10)


def test_a_caller_without_permission_may_not_invoke(bench: Workbench, ab: str) -> None:
    sts = bench.client("sts")
    credentials = sts.assume_role(RoleArn=bench.role, RoleSessionName="caller")["Credentials"]
    client = bench.cloud.session().client(
        "sagemaker-runtime",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:InvokeEndpoint"):
        client.invoke_endpoint(EndpointName=ab, Body="1,2", ContentType=CSV)
