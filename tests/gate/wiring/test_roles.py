"""Roles are assumed by the services that they are for, and let those do their work."""

from __future__ import annotations

from typing import Any

import pytest

from gate.wiring import (
    environments,
    event_sources,
    function_roles,
    machine_roles,
    target_roles,
    tracking_roles,
    trust,
)
from tests.gate.wiring.templates import (
    LOG_DELIVERY,
    WRITES_LOGS,
    Json,
    allow,
    arn,
    changed,
    found,
    function,
    join,
    key,
    log_group,
    machine,
    ref,
    resource,
    role,
    services,
    task,
)

RULES = (
    *environments.RULES,
    *event_sources.RULES,
    *function_roles.RULES,
    *machine_roles.RULES,
    *target_roles.RULES,
    *tracking_roles.RULES,
    *trust.RULES,
)
_NETWORK = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
_INTERFACES = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
]


def of_function(*statements: Json, **settings: Any) -> dict[str, Json]:
    return {
        "Role": role("lambda", WRITES_LOGS, *statements),
        "Group": log_group(),
        "Queue": resource("SQS::Queue"),
        "Bucket": resource("S3::Bucket"),
        "User": function(**settings),
    }


def fed(*statements: Json) -> dict[str, Json]:
    source = resource(
        "Lambda::EventSourceMapping", EventSourceArn=arn("Queue"), FunctionName=ref("Function")
    )
    return {**of_function(*statements), "Function": function(), "User": source}


def reporting(*statements: Json) -> dict[str, Json]:
    settings = resource(
        "Lambda::EventInvokeConfig",
        FunctionName=ref("Function"),
        DestinationConfig={"OnFailure": {"Destination": arn("Queue")}},
    )
    return {**of_function(*statements), "Function": function(), "User": settings}


def of_machine(definition: Json, *statements: Json, **properties: Any) -> dict[str, Json]:
    return {
        "Role": role("states", LOG_DELIVERY, *statements),
        "Group": log_group(),
        "Passed": role("sagemaker"),
        "Runner": role("emr-serverless"),
        "Topic": resource("SNS::Topic"),
        "Queue": resource("SQS::Queue", QueueName="work"),
        "Table": resource("DynamoDB::Table", TableName="rows"),
        "User": machine(definition, **properties),
    }


def sagemaker(kind: str, name: str = "m-*") -> Json:
    return {"Fn::Sub": f"arn:aws:sagemaker:${{AWS::Region}}:${{AWS::AccountId}}:{kind}/{name}"}


def rule_of(name: str) -> Json:
    place = f"arn:aws:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/StepFunctionsGetEvents{name}"
    actions = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]
    return allow(actions, {"Fn::Sub": place})


def passing(passed: str, service: str) -> Json:
    condition = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
    return allow("iam:PassRole", arn(passed), Condition=condition)


JOB = task(
    "arn:aws:states:::sagemaker:createProcessingJob.sync",
    **{"ProcessingJobName.$": "States.Format('m-{}', $.id)", "RoleArn": arn("Passed")},
    Tags=[{"Key": "a", "Value": "b"}],
)
JOB_ACTIONS = [
    "sagemaker:CreateProcessingJob",
    "sagemaker:DescribeProcessingJob",
    "sagemaker:StopProcessingJob",
    "sagemaker:AddTags",
]
SPARK = task(
    "arn:aws:states:::emr-serverless:startJobRun.sync",
    ApplicationId="a",
    ExecutionRoleArn=arn("Runner"),
)
SOUND = [
    of_function(),
    of_function(allow("xray:Put*"), TracingConfig={"Mode": "Active"}),
    of_function(allow(_INTERFACES), VpcConfig=_NETWORK),
    of_function(
        allow("sqs:SendMessage", arn("Queue")), DeadLetterConfig={"TargetArn": arn("Queue")}
    ),
    of_function(
        allow("s3:GetObject", join(arn("Bucket"), "/in/*")),
        Environment={"Variables": {"BUCKET": ref("Bucket"), "LEVEL": "INFO"}},
    ),
    fed(allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], arn("Queue"))),
    reporting(allow("sqs:SendMessage", arn("Queue"))),
    of_machine(
        JOB,
        allow(JOB_ACTIONS, sagemaker("processing-job")),
        rule_of("ForSageMakerProcessingJobsRule"),
        passing("Passed", "sagemaker"),
    ),
    of_machine(
        task(
            "arn:aws:states:::sagemaker:createModel",
            ModelName="m-1",
            ExecutionRoleArn=arn("Passed"),
        ),
        allow("sagemaker:CreateModel", sagemaker("model")),
        passing("Passed", "sagemaker"),
    ),
    of_machine(
        SPARK,
        allow("emr-serverless:StartJobRun"),
        allow(["emr-serverless:GetJobRun", "emr-serverless:CancelJobRun"]),
        rule_of("ForEMRServerlessJobRule"),
        passing("Runner", "emr-serverless"),
    ),
    of_machine(
        task("arn:aws:states:::sns:publish", TopicArn=ref("Topic"), Message="m"),
        allow("sns:Publish", ref("Topic")),
    ),
    of_machine(
        task("arn:aws:states:::sqs:sendMessage", QueueUrl=ref("Queue"), MessageBody="m"),
        allow("sqs:SendMessage", arn("Queue")),
    ),
    of_machine(
        task("arn:aws:states:::dynamodb:getItem", TableName=ref("Table"), Key={}),
        allow("dynamodb:GetItem", arn("Table")),
    ),
    of_machine(
        task("arn:aws:states:::aws-sdk:sagemaker:describeEndpoint", EndpointName="m-live"),
        allow("sagemaker:DescribeEndpoint", sagemaker("endpoint")),
    ),
    of_machine(
        task("arn:aws:states:::aws-sdk:s3:listObjectsV2", Bucket="b"), allow("s3:ListBucket")
    ),
    of_machine(
        task("arn:aws:states:::aws-sdk:cloudwatch:putMetricData", Namespace="b", MetricData=[]),
        allow("cloudwatch:PutMetricData"),
    ),
    of_machine(
        {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}},
        allow(["xray:Put*", "xray:GetSampling*"]),
        TracingConfiguration={"Enabled": True},
    ),
]


@pytest.mark.parametrize("sound", SOUND)
def test_a_role_that_lets_its_work_be_done_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, RULES) == set()


@pytest.mark.parametrize(
    ("sound", "statement"),
    [
        (sound, place)
        for sound in SOUND
        for place in range(
            len(sound["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"])
        )
    ],
)
def test_each_statement_of_a_role_is_missed(sound: dict[str, Json], statement: int) -> None:
    stated = "Role.Properties.Policies.0.PolicyDocument.Statement"

    broken = found(changed(sound, f"{stated}.{statement}", None), RULES)

    assert "User" in {logical_id for _, logical_id in broken} or broken == {
        ("wiring.function-role", "Function")
    }


@pytest.mark.parametrize("action", JOB_ACTIONS)
def test_each_action_of_a_job_is_missed(action: str) -> None:
    broken = changed(
        SOUND[7],
        "Role.Properties.Policies.0.PolicyDocument.Statement.1.Action",
        [other for other in JOB_ACTIONS if other != action],
    )

    assert found(broken, RULES) == {("wiring.machine-role", "User")}


def test_a_role_passed_to_another_service_than_the_condition_names_is_found() -> None:
    stated = "Role.Properties.Policies.0.PolicyDocument.Statement.3"
    broken = changed(
        SOUND[7], f"{stated}.Condition.StringEquals", {"iam:PassedToService": "ec2.amazonaws.com"}
    )

    assert found(broken, RULES) == {("wiring.pass-role", "User")}


def test_a_job_named_outside_of_what_the_role_names_is_found() -> None:
    stated = "Role.Properties.Policies.0.PolicyDocument.Statement.1.Resource"
    broken = changed(SOUND[7], stated, sagemaker("processing-job", "other-*"))

    assert found(broken, RULES) == {("wiring.machine-role", "User")}


@pytest.mark.parametrize(
    ("sound", "holder"), [(SOUND[0], "Role"), (SOUND[7], "Role"), (SOUND[7], "Passed")]
)
def test_a_role_that_trusts_another_service_is_found(sound: dict[str, Json], holder: str) -> None:
    trusted = f"{holder}.Properties.AssumeRolePolicyDocument.Statement.0"

    for path, value in (
        ("Principal", services("ec2")),
        ("Condition.StringEquals", {"aws:SourceAccount": "999999999999"}),
        ("Action", "sts:TagSession"),
    ):
        broken = changed(sound, f"{trusted}.{path}", value)
        assert found(broken, RULES) == {("wiring.trust", "User")}


def starting(target: Json, *statements: Json, kind: str = "events") -> dict[str, Json]:
    user = (
        resource("Events::Rule", Targets=[{"Id": "a", **target}])
        if kind == "events"
        else resource("Scheduler::Schedule", Target=target)
    )
    return {
        "Role": role(kind, *statements),
        "Machine": resource("StepFunctions::StateMachine", DefinitionString="{}"),
        "Queue": resource("SQS::Queue"),
        "User": user,
    }


def told(role_: Json, holder: Json) -> dict[str, Json]:
    return {"Workspace": resource("APS::Workspace"), "Role": role_, "User": holder}


WRITES_SERIES = allow("aps:RemoteWrite", arn("Workspace"))
URL = {"Fn::Sub": "${Workspace.PrometheusEndpoint}api/v1/remote_write"}
TOLD = [
    told(
        role("sagemaker", WRITES_SERIES),
        resource(
            "SageMaker::Model",
            ExecutionRoleArn=arn("Role"),
            PrimaryContainer={"Environment": {"REMOTE_WRITE_URL": URL}},
        ),
    ),
    told(
        role("lambda", WRITES_LOGS, WRITES_SERIES),
        function(Environment={"Variables": {"REMOTE_WRITE_URL": URL}}),
    )
    | {"Group": log_group()},
]


@pytest.mark.parametrize("sound", TOLD)
def test_a_workspace_that_is_named_and_let_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, RULES) == set()


@pytest.mark.parametrize("sound", TOLD)
def test_a_workspace_that_is_named_and_not_let_is_found(sound: dict[str, Json]) -> None:
    broken = {**sound, "Workspace": resource("APS::Workspace"), "Other": resource("APS::Workspace")}
    last = len(sound["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]) - 1
    stated = f"Role.Properties.Policies.0.PolicyDocument.Statement.{last}.Resource"

    broken = changed(broken, stated, arn("Other"))

    assert found(broken, RULES) == {("wiring.environment", "User")}


TARGET = {"Arn": ref("Machine"), "RoleArn": arn("Role")}
STARTS = allow("states:StartExecution", ref("Machine"))
STARTED = [
    starting(TARGET, STARTS),
    starting(TARGET, STARTS, kind="scheduler"),
    starting(
        TARGET | {"DeadLetterConfig": {"Arn": arn("Queue")}},
        allow("sqs:SendMessage", arn("Queue")),
        STARTS,
        kind="scheduler",
    ),
    starting(
        {
            "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:startPipelineExecution",
            "RoleArn": arn("Role"),
        },
        allow("sagemaker:StartPipelineExecution"),
        kind="scheduler",
    ),
    {
        "Role": role(
            "pipes", allow("sqs:*", arn("Queue")), allow("states:StartExecution", ref("Machine"))
        ),
        "Machine": resource("StepFunctions::StateMachine", DefinitionString="{}"),
        "Queue": resource("SQS::Queue"),
        "User": resource(
            "Pipes::Pipe", RoleArn=arn("Role"), Source=arn("Queue"), Target=ref("Machine")
        ),
    },
]


@pytest.mark.parametrize("sound", STARTED)
def test_a_role_that_may_start_the_target_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, RULES) == set()


@pytest.mark.parametrize("sound", STARTED)
def test_a_role_that_may_not_start_the_target_is_found(sound: dict[str, Json]) -> None:
    broken = changed(sound, "Role.Properties.Policies.0.PolicyDocument.Statement.0", None)

    assert {resource for _, resource in found(broken, RULES)} == {"User"}


def test_a_target_that_takes_a_role_and_has_none_is_found() -> None:
    broken = changed(STARTED[0], "User.Properties.Targets.0.RoleArn", None)

    assert found(broken, RULES) == {("wiring.target-role", "User")}


TRACKING = {
    "Role": role(
        "sagemaker",
        allow(["s3:GetObject", "s3:PutObject"], join(arn("Bucket"), "/mlflow/*")),
        allow("s3:ListBucket", arn("Bucket")),
    ),
    "Bucket": resource("S3::Bucket"),
    "User": resource(
        "SageMaker::MlflowApp",
        RoleArn=arn("Role"),
        ArtifactStoreUri=join("s3://", ref("Bucket"), "/mlflow"),
    ),
}


def test_a_tracking_server_that_may_keep_artefacts_is_fine() -> None:
    assert found(TRACKING, RULES) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("0.Action", ["s3:GetObject"]),
        ("0.Action", ["s3:PutObject"]),
        ("0.Resource", join(arn("Bucket"), "/elsewhere/*")),
        ("1", None),
    ],
)
def test_a_tracking_server_that_may_not_is_found(path: str, value: object) -> None:
    stated = f"Role.Properties.Policies.0.PolicyDocument.Statement.{path}"

    assert found(changed(TRACKING, stated, value), RULES) == {("wiring.tracking-role", "User")}


def test_a_policy_attached_from_elsewhere_in_the_stack_counts() -> None:
    attached = changed(SOUND[1], "Role.Properties.Policies", [])
    attached["Policy"] = resource(
        "IAM::Policy",
        Roles=[ref("Role")],
        PolicyDocument={"Statement": [WRITES_LOGS, allow("xray:Put*")]},
    )

    assert found(attached, RULES) == set()


def test_a_distributed_map_takes_leave_to_start_executions() -> None:
    states = {"P": {"Type": "Pass", "End": True}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "P", "States": states}
    spread = {"Type": "Map", "ItemProcessor": processor, "End": True}
    definition = {"StartAt": "M", "States": {"M": spread}}

    assert found(of_machine(definition, allow("states:StartExecution")), RULES) == set()
    assert found(of_machine(definition), RULES) == {("wiring.machine-role", "User")}


def test_a_role_from_another_account_is_left_alone() -> None:
    other = changed(SOUND[0], "User.Properties.Role", "arn:aws:iam::999999999999:role/theirs")

    assert found(other, RULES) == set()


def test_properties_of_the_wrong_shape_are_not_stumbled_over() -> None:
    for kind in ("Lambda::Function", "Events::Rule", "Scheduler::Schedule", "Pipes::Pipe"):
        odd: Json = {"Targets": "x", "Target": ["y"], "Role": 7, "VpcConfig": [], "Source": {}}
        found({"Odd": resource(kind, **odd), "Key": key()})


def test_a_queue_that_hides_messages_for_less_than_its_function_takes_is_found() -> None:
    sound = SOUND[5]

    broken = changed(sound, "Function.Properties.Timeout", 31)

    assert found(broken, RULES) == {("wiring.visibility-timeout", "User")}
    assert found(changed(broken, "Queue.Properties.VisibilityTimeout", 180), RULES) == set()
