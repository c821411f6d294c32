"""Order of making, names, log groups, and queues for what fails."""

from __future__ import annotations

import pytest

from gate.wiring import creation_order, dead_letters, log_groups, physical_names
from tests.gate.wiring.templates import (
    Json,
    allow,
    arn,
    changed,
    found,
    function,
    join,
    log_group,
    machine,
    policy,
    ref,
    resource,
    role,
    services,
    task,
)

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}


def attached(action: str) -> Json:
    return resource("IAM::Policy", Roles=[ref("Role")], PolicyDocument=policy(allow(action)))


ORDERED = [
    {
        "Role": role("sagemaker"),
        "Policy": attached("s3:GetObject"),
        "User": resource("SageMaker::Model", ["Policy"], ExecutionRoleArn=arn("Role")),
    },
    {
        "Role": role("sagemaker"),
        "Policy": attached("s3:GetObject"),
        "User": resource("SageMaker::MlflowApp", ["Policy"], RoleArn=arn("Role")),
    },
    {
        "Role": role("states"),
        "Policy": attached("logs:CreateLogDelivery"),
        "Group": log_group(),
        "User": machine(PASS) | {"DependsOn": "Policy"},
    },
    {
        "Role": role("lambda"),
        "Policy": attached("ec2:CreateNetworkInterface"),
        "Group": log_group(),
        "User": function(VpcConfig={"SubnetIds": ["subnet-1"]}) | {"DependsOn": ["Policy", "Role"]},
    },
    {
        "Queue": resource("SQS::Queue"),
        "Policy": resource(
            "SQS::QueuePolicy",
            Queues=[ref("Queue")],
            PolicyDocument=policy(allow("sqs:SendMessage", arn("Queue"), Principal=services("s3"))),
        ),
        "User": resource(
            "S3::Bucket",
            ["Policy"],
            NotificationConfiguration={"QueueConfigurations": [{"Queue": arn("Queue")}]},
        ),
    },
]


@pytest.mark.parametrize("sound", ORDERED)
def test_what_waits_for_what_it_tries_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, creation_order.RULES) == set()


@pytest.mark.parametrize("sound", ORDERED)
def test_what_does_not_wait_is_found(sound: dict[str, Json]) -> None:
    broken = changed(sound, "User.DependsOn", None)

    assert found(broken, creation_order.RULES) == {("wiring.policy-first", "User")}


def test_waiting_for_what_waits_is_waiting() -> None:
    sound = changed(ORDERED[0], "User.DependsOn", ["Between"])
    sound["Between"] = resource("SNS::Topic", DisplayName=ref("Policy"))

    assert found(sound, creation_order.RULES) == set()


def test_a_policy_that_is_not_tried_is_not_waited_for() -> None:
    sound = {**ORDERED[3], "Later": attached("sqs:SendMessage")}

    assert found(sound, creation_order.RULES) == set()


NAMED = {
    "One": resource("SNS::Topic", TopicName="alerts"),
    "Two": resource("SNS::Topic", TopicName="alerts-2"),
    "Three": resource("SQS::Queue", QueueName="alerts"),
    "Policy": resource("SNS::TopicPolicy", Topics=[ref("One")], PolicyDocument=policy()),
    "Alarm": resource("CloudWatch::Alarm", AlarmActions=[ref("One")]),
}


def test_names_of_their_own_are_fine() -> None:
    assert found(NAMED, physical_names.RULES) == set()


def test_a_name_given_twice_is_found() -> None:
    broken = changed(NAMED, "Two.Properties.TopicName", "alerts")

    assert found(broken, physical_names.RULES) == {("wiring.duplicate-name", "Two")}


def test_a_second_policy_on_a_topic_is_found() -> None:
    broken = {**NAMED, "Second": NAMED["Policy"]}

    assert found(broken, physical_names.RULES) == {("wiring.policy-replaced", "Second")}


@pytest.mark.parametrize(
    ("name", "is_found"), [("alertz", True), ("alerts", False), ("of-another-team", False)]
)
def test_an_arn_that_nearly_points_at_a_resource_is_found(name: str, is_found: bool) -> None:
    written = {"Fn::Sub": f"arn:aws:sns:${{AWS::Region}}:${{AWS::AccountId}}:{name}"}
    broken = changed(NAMED, "Alarm.Properties.AlarmActions", [written])

    expected = {("wiring.misspelt-arn", "Alarm")} if is_found else set()
    assert found(broken, physical_names.RULES) == expected


LOGGED = [
    {"Role": role("lambda"), "Group": log_group(), "User": function()},
    {
        "Role": role("lambda"),
        "Group": log_group(LogGroupName=join("/aws/lambda/", ref("User"))),
        "User": changed({"x": function()}, "x.Properties.LoggingConfig", None)["x"],
    },
    {"Role": role("states"), "Group": log_group(), "User": machine(PASS)},
    {
        "Group": log_group(LogGroupName="/aws/codebuild/images"),
        "User": resource("CodeBuild::Project", Name="images"),
    },
    {
        "Group": log_group(),
        "User": resource(
            "CodeBuild::Project", LogsConfig={"CloudWatchLogs": {"GroupName": ref("Group")}}
        ),
    },
]


@pytest.mark.parametrize("sound", LOGGED)
def test_logs_that_are_cleared_one_day_are_fine(sound: dict[str, Json]) -> None:
    assert found(sound, log_groups.RULES) == set()


@pytest.mark.parametrize("sound", LOGGED)
def test_logs_that_are_kept_for_ever_are_found(sound: dict[str, Json]) -> None:
    broken = changed(sound, "Group.Properties.RetentionInDays", None)

    assert found(broken, log_groups.RULES) == {("wiring.log-group", "User")}


@pytest.mark.parametrize("sound", [LOGGED[1], LOGGED[3]])
def test_a_log_group_that_the_service_makes_by_itself_is_found(sound: dict[str, Json]) -> None:
    broken = changed(sound, "Group", None)

    assert found(broken, log_groups.RULES) == {("wiring.log-group", "User")}


@pytest.mark.parametrize(
    "path",
    [
        "stack/AWS679f53fac002430cb0da5b7982bd2287/Resource",
        "stack/Custom::S3AutoDeleteObjectsCustomResourceProvider/Handler",
        "stack/Provider/framework-onEvent/Resource",
    ],
)
def test_a_function_of_the_cdk_itself_is_left_alone(path: str) -> None:
    theirs = changed(LOGGED[1], "Group", None)
    theirs["User"]["Metadata"] = {"aws:cdk:path": path}

    assert found(theirs, log_groups.RULES) == set()


def test_a_machine_that_logs_nowhere_is_found() -> None:
    broken = changed(LOGGED[2], "User.Properties.LoggingConfiguration", None)

    assert found(broken, log_groups.RULES) == {("wiring.log-group", "User")}


def test_a_log_group_named_for_no_function_is_found() -> None:
    broken = changed(LOGGED[1], "Group.Properties.LogGroupName", "/aws/lambda/another")

    assert ("wiring.log-group-name", "Group") in found(broken, log_groups.RULES)


DEAD = {"Arn": arn("Queue")}
KEPT = {
    "Queue": resource("SQS::Queue"),
    "Topic": resource("SNS::Topic"),
    "Machine": machine(task("arn:aws:states:::sns:publish", TopicArn=ref("Topic"))),
    "Function": function(DeadLetterConfig={"TargetArn": arn("Queue")}),
    "Rule": resource(
        "Events::Rule",
        Targets=[
            {"Id": "a", "Arn": ref("Machine"), "DeadLetterConfig": DEAD},
            {"Id": "b", "Arn": arn("Function"), "DeadLetterConfig": DEAD},
            {"Id": "c", "Arn": ref("Topic")},
        ],
    ),
    "Schedule": resource(
        "Scheduler::Schedule", Target={"Arn": ref("Machine"), "DeadLetterConfig": DEAD}
    ),
    "Subscription": resource(
        "SNS::Subscription",
        Protocol="https",
        Endpoint="https://example.com",
        TopicArn=ref("Topic"),
        RedrivePolicy={"deadLetterTargetArn": arn("Queue")},
    ),
    "Mail": resource("SNS::Subscription", Protocol="email", TopicArn=ref("Topic")),
    "Role": role("lambda"),
    "Group": log_group(),
}


def test_what_keeps_its_failures_is_fine() -> None:
    assert found(KEPT, dead_letters.RULES) == set()


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("Rule.Properties.Targets.0.DeadLetterConfig", "Rule"),
        ("Rule.Properties.Targets.1.DeadLetterConfig", "Rule"),
        ("Schedule.Properties.Target.DeadLetterConfig", "Schedule"),
        ("Subscription.Properties.RedrivePolicy", "Subscription"),
        ("Function.Properties.DeadLetterConfig", "Function"),
    ],
)
def test_what_drops_its_failures_is_found(path: str, where: str) -> None:
    broken = changed(KEPT, path, None)

    assert found(broken, dead_letters.RULES) == {("wiring.dead-letters", where)}


def test_a_destination_for_failures_keeps_them_too() -> None:
    sound = changed(KEPT, "Function.Properties.DeadLetterConfig", None)
    sound["Settings"] = resource(
        "Lambda::EventInvokeConfig",
        FunctionName=ref("Function"),
        DestinationConfig={"OnFailure": {"Destination": arn("Queue")}},
    )

    assert found(sound, dead_letters.RULES) == set()
