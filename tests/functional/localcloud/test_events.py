from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import LocalCloud
from tests.functional.localcloud import roles
from tests.functional.localcloud.lambdas import KeepingFunction
from tests.functional.localcloud.roles import allow, role
from tests.functional.localcloud.workbench import unique, until


@pytest.fixture
def queue(cloud: LocalCloud) -> tuple[str, str]:
    client = cloud.session().client("sqs")
    url = client.create_queue(QueueName=unique("queue"))["QueueUrl"]
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def send_to(cloud: LocalCloud, queue_arn: str, pattern: dict[str, Any]) -> None:
    client = cloud.session().client("events")
    name = unique("rule")
    client.put_rule(Name=name, EventPattern=json.dumps(pattern))
    client.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}])


def receive(cloud: LocalCloud, url: str) -> dict[str, Any]:
    client = cloud.session().client("sqs")
    found = until(lambda: client.receive_message(QueueUrl=url).get("Messages"))
    client.delete_message(QueueUrl=url, ReceiptHandle=found[0]["ReceiptHandle"])
    event: dict[str, Any] = json.loads(found[0]["Body"])
    return event


def test_the_approval_of_a_version_reaches_a_rule_on_the_default_bus(
    cloud: LocalCloud, queue: tuple[str, str]
) -> None:
    url, arn = queue
    group = unique("Flights")
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelPackageGroupName": [group], "ModelApprovalStatus": ["Approved"]},
    }
    send_to(cloud, arn, pattern)
    client = cloud.session().client("sagemaker")
    client.create_model_package_group(ModelPackageGroupName=group)
    package = client.create_model_package(
        ModelPackageGroupName=group, CustomerMetadataProperties={"run_id": "r1"}
    )["ModelPackageArn"]
    client.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    event = receive(cloud, url)
    assert event["resources"] == [package]
    assert event["account"] == "123456789012"
    detail = event["detail"]
    assert detail["ModelPackageArn"] == package
    assert detail["ModelPackageVersion"] == 1
    assert detail["CustomerMetadataProperties"] == {"run_id": "r1"}


def test_a_new_version_is_an_event_of_its_own(cloud: LocalCloud, queue: tuple[str, str]) -> None:
    url, arn = queue
    group = unique("flights")
    send_to(cloud, arn, {"detail": {"ModelPackageGroupName": [group]}})
    client = cloud.session().client("sagemaker")
    client.create_model_package_group(ModelPackageGroupName=group)
    client.create_model_package(ModelPackageGroupName=group)
    assert receive(cloud, url)["detail"]["ModelApprovalStatus"] == "PendingManualApproval"


def test_a_rule_invokes_a_function_which_runs_under_its_role(cloud: LocalCloud) -> None:
    function = KeepingFunction.create(cloud)
    source = unique("source")
    client = cloud.session().client("events")
    rule = client.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))["RuleArn"]
    cloud.session().client("lambda").add_permission(
        FunctionName=function.arn,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    client.put_targets(Rule=source, Targets=[{"Id": "function", "Arn": function.arn}])
    detail = json.dumps({"window": "last"})
    client.put_events(Entries=[{"Source": source, "DetailType": "Verdict", "Detail": detail}])
    assert function.event()["detail"] == {"window": "last"}


def test_nobody_else_may_speak_for_aws(cloud: LocalCloud) -> None:
    entry = {"Source": "aws.sagemaker", "DetailType": "Forged", "Detail": "{}"}
    answer = cloud.session().client("events").put_events(Entries=[entry])
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_a_schedule_starts_a_state_machine(cloud: LocalCloud) -> None:
    session = cloud.session()
    states = session.client("stepfunctions")
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}
    machine = states.create_state_machine(
        name=unique("machine"),
        definition=json.dumps(definition),
        roleArn=role(cloud, "states"),
    )["stateMachineArn"]
    starter = role(cloud, "scheduler", allow("states:StartExecution", machine))
    moment = datetime.now(UTC) + timedelta(seconds=1)
    session.client("scheduler").create_schedule(
        Name=unique("schedule"),
        ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": machine, "RoleArn": starter, "Input": '{"window": "last"}'},
    )
    executions = until(
        lambda: states.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED")[
            "executions"
        ]
    )
    described = states.describe_execution(executionArn=executions[0]["executionArn"])
    assert json.loads(described["input"]) == {"window": "last"}


def test_events_need_permission(cloud: LocalCloud) -> None:
    sender = roles.client(cloud, role(cloud, "lambda"), "events")
    with pytest.raises(ClientError) as error:
        sender.put_events(Entries=[{"Source": "x", "DetailType": "y", "Detail": "{}"}])
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
