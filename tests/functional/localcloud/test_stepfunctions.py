from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.lambdas import KeepingFunction
from tests.functional.localcloud.roles import Statement, allow, role
from tests.functional.localcloud.workbench import image, unique, until

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
RULE = (
    "arn:aws:events:us-east-1:123456789012:rule/"
    "StepFunctionsGetEventsForSageMakerProcessingJobsRule"
)
MANAGED_RULE = allow(["events:PutTargets", "events:PutRule", "events:DescribeRule"], RULE)
RUN_JOBS = allow(
    ["sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob"], f"{ARN}:processing-job/*"
)
STOP_JOBS = allow("sagemaker:StopProcessingJob", f"{ARN}:processing-job/*")
PASS_ROLE = allow("iam:PassRole")
ENDED = {"SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"}


@pytest.fixture(scope="module")
def job_role(cloud: LocalCloud) -> str:
    return role(cloud, "sagemaker")


def job_task(job_role: str, program: str, **more: Any) -> dict[str, Any]:
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    application = {
        "ImageUri": image("test_processor"),
        "ContainerEntrypoint": ["python", "-c", program],
    }
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
        "Parameters": {
            "ProcessingJobName.$": "$.job",
            "RoleArn": job_role,
            "AppSpecification": application,
            "ProcessingResources": {"ClusterConfig": cluster},
        },
        "End": True,
        **more,
    }


def start(cloud: LocalCloud, states: dict[str, Any], given: Any, *policy: Statement) -> str:
    """Start an execution of a new machine that begins with the first state."""
    client = cloud.session().client("stepfunctions")
    machine = client.create_state_machine(
        name=unique("machine"),
        definition=json.dumps({"StartAt": next(iter(states)), "States": states}),
        roleArn=role(cloud, "states", *policy),
    )["stateMachineArn"]
    arn: str = client.start_execution(stateMachineArn=machine, input=json.dumps(given))[
        "executionArn"
    ]
    return arn


def ended(cloud: LocalCloud, execution: str) -> dict[str, Any]:
    client = cloud.session().client("stepfunctions")

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = client.describe_execution(executionArn=execution)
        return found if found["status"] in ENDED else None

    return until(look)


def job_status(cloud: LocalCloud, job: str) -> str | None:
    client = cloud.session().client("sagemaker")
    try:
        answer = client.describe_processing_job(ProcessingJobName=job)
    except client.exceptions.ClientError:
        return None
    status: str = answer["ProcessingJobStatus"]
    return status


def test_a_task_waits_for_its_job_and_returns_its_description(
    cloud: LocalCloud, job_role: str
) -> None:
    job = unique("job")
    states = {"Prepare": job_task(job_role, "print('done')")}
    execution = ended(cloud, start(cloud, states, {"job": job}, MANAGED_RULE, RUN_JOBS, PASS_ROLE))
    assert execution["status"] == "SUCCEEDED", execution
    described = json.loads(execution["output"])
    assert described["ProcessingJobName"] == job
    assert described["ProcessingJobStatus"] == "Completed"
    assert described["ProcessingResources"]["ClusterConfig"]["VolumeSizeInGB"] == 1


def test_a_failed_job_fails_its_task_which_may_catch_it(cloud: LocalCloud, job_role: str) -> None:
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Tell", "ResultPath": "$.error"}]
    states = {
        "Prepare": job_task(job_role, "raise SystemExit('no such column')", Catch=catch),
        "Tell": {"Type": "Pass", "End": True},
    }
    given = {"job": unique("job")}
    execution = ended(cloud, start(cloud, states, given, MANAGED_RULE, RUN_JOBS, PASS_ROLE))
    error = json.loads(execution["output"])["error"]
    assert error["Error"] == "States.TaskFailed"
    cause = json.loads(error["Cause"])
    assert cause["ProcessingJobStatus"] == "Failed"
    assert "no such column" in cause["FailureReason"]


def test_stopping_an_execution_stops_its_job_and_it_stays_aborted(
    cloud: LocalCloud, job_role: str
) -> None:
    job = unique("job")
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Never"}]
    states = {
        "Prepare": job_task(job_role, "import time; time.sleep(600)", Catch=catch),
        "Never": {"Type": "Pass", "End": True},
    }
    arn = start(cloud, states, {"job": job}, MANAGED_RULE, RUN_JOBS, STOP_JOBS, PASS_ROLE)
    until(lambda: job_status(cloud, job) == "InProgress")
    cloud.session().client("stepfunctions").stop_execution(executionArn=arn)
    until(lambda: job_status(cloud, job) == "Stopped")
    assert ended(cloud, arn)["status"] == "ABORTED"


def test_a_task_that_times_out_stops_its_job(cloud: LocalCloud, job_role: str) -> None:
    job = unique("job")
    states = {"Prepare": job_task(job_role, "import time; time.sleep(600)", TimeoutSeconds=2)}
    arn = start(cloud, states, {"job": job}, MANAGED_RULE, RUN_JOBS, STOP_JOBS, PASS_ROLE)
    execution = ended(cloud, arn)
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Timeout")
    until(lambda: job_status(cloud, job) == "Stopped")


@pytest.mark.parametrize(
    ("policy", "missing"),
    [
        ([RUN_JOBS, PASS_ROLE], "events:PutTargets"),
        ([MANAGED_RULE, PASS_ROLE], "sagemaker:CreateProcessingJob"),
        ([MANAGED_RULE, RUN_JOBS], "iam:PassRole"),
    ],
)
def test_a_job_needs_the_rights_of_the_machine_role(
    cloud: LocalCloud, job_role: str, policy: list[Statement], missing: str
) -> None:
    states = {"Prepare": job_task(job_role, "print('done')")}
    execution = ended(cloud, start(cloud, states, {"job": unique("job")}, *policy))
    assert execution["status"] == "FAILED"
    assert execution["error"].endswith(("AccessDeniedException", "AmazonSageMakerException"))
    assert missing in execution["cause"]


def test_a_function_is_invoked_with_the_rights_of_the_machine_role(cloud: LocalCloud) -> None:
    function = KeepingFunction.create(cloud)
    states = {
        "Plan": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function.arn, "Payload.$": "$"},
            "OutputPath": "$.Payload.event",
            "End": True,
        }
    }
    allowed = allow("lambda:InvokeFunction", function.arn)
    execution = ended(cloud, start(cloud, states, {"run": 1}, allowed))
    assert json.loads(execution["output"]) == {"run": 1}
    refused = ended(cloud, start(cloud, states, {"run": 1}))
    assert refused["error"] == "Lambda.AccessDeniedException"


def test_a_function_that_raises_fails_the_task_with_its_error(cloud: LocalCloud) -> None:
    function = KeepingFunction.create(cloud)
    states = {"Plan": {"Type": "Task", "Resource": function.arn, "End": True}}
    allowed = allow("lambda:InvokeFunction", function.arn)
    execution = ended(cloud, start(cloud, states, {"fail": True}, allowed))
    assert execution["error"] == "ValueError"
    assert "asked to fail" in execution["cause"]


def sdk_task(service: str, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:{service}:{action}",
        "Parameters": parameters,
        "End": True,
    }


def test_sdk_calls_to_sagemaker_run_with_the_rights_of_the_machine_role(cloud: LocalCloud) -> None:
    group = unique("flights")
    client = cloud.session().client("sagemaker")
    client.create_model_package_group(ModelPackageGroupName=group)
    package = client.create_model_package(ModelPackageGroupName=group)["ModelPackageArn"]
    states = {"Look": sdk_task("sagemaker", "describeModelPackage", {"ModelPackageName": package})}
    allowed = allow("sagemaker:DescribeModelPackage", f"{ARN}:model-package/{group}/*")
    described = json.loads(ended(cloud, start(cloud, states, {}, allowed))["output"])
    assert described["ModelPackageVersion"] == 1
    assert described["CreationTime"].endswith("Z")
    refused = ended(cloud, start(cloud, states, {}))
    assert refused["error"] == "SageMaker.AccessDeniedException"


def test_sdk_calls_to_s3_run_with_the_rights_of_the_machine_role(cloud: LocalCloud) -> None:
    bucket = unique("bucket")
    client = cloud.session().client("s3")
    client.create_bucket(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="mine/x.json", Body=b"{}")
    states = {"Look": sdk_task("s3", "listObjectsV2", {"Bucket": bucket, "Prefix": "mine/"})}
    allowed = allow("s3:ListBucket", f"arn:aws:s3:::{bucket}")
    output = json.loads(ended(cloud, start(cloud, states, {}, allowed))["output"])
    assert [found["Key"] for found in output["Contents"]] == ["mine/x.json"]
    refused = ended(cloud, start(cloud, states, {}))
    assert refused["error"] == "S3.AccessDeniedException"


@pytest.mark.parametrize("integration", ["sns:publish", "events:putEvents"])
def test_integrations_run_with_the_rights_of_the_machine_role(
    cloud: LocalCloud, integration: str
) -> None:
    topic = cloud.session().client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    parameters = {
        "sns:publish": {"TopicArn": topic, "Message": "hello"},
        "events:putEvents": {"Entries": [{"Source": "x", "DetailType": "y", "Detail": {}}]},
    }[integration]
    states = {
        "Tell": {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{integration}",
            "Parameters": parameters,
            "End": True,
        }
    }
    action = {"sns:publish": "sns:Publish", "events:putEvents": "events:PutEvents"}[integration]
    assert ended(cloud, start(cloud, states, {}, allow(action)))["status"] == "SUCCEEDED"
    assert "AccessDenied" in ended(cloud, start(cloud, states, {}))["error"]


def test_a_resource_is_created_without_waiting(cloud: LocalCloud, job_role: str) -> None:
    name = unique("model")
    container = {"Image": "images/serving:1", "ModelDataUrl": "s3://bucket/model.tar.gz"}
    states = {
        "Create": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createModel",
            "Parameters": {
                "ModelName": name,
                "ExecutionRoleArn": job_role,
                "PrimaryContainer": container,
            },
            "End": True,
        }
    }
    policy = (allow("sagemaker:CreateModel", f"{ARN}:model/*"), PASS_ROLE)
    output = json.loads(ended(cloud, start(cloud, states, {}, *policy))["output"])
    assert output["ModelArn"] == f"{ARN}:model/{name}"
    again = ended(cloud, start(cloud, states, {}, *policy))
    assert again["error"] == "SageMaker.AmazonSageMakerException"


def test_a_wait_takes_a_tenth_of_its_time(cloud: LocalCloud) -> None:
    states = {"Wait": {"Type": "Wait", "Seconds": 20, "End": True}}
    execution = ended(cloud, start(cloud, states, {}))
    assert execution["status"] == "SUCCEEDED"
    assert 1 < (execution["stopDate"] - execution["startDate"]).total_seconds() < 10
