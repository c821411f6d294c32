"""Topics, queues, functions and their keys let the services in that are wired to them."""

from __future__ import annotations

from typing import Any

import pytest

from gate.wiring import delivery_keys, delivery_policies, delivery_targets
from tests.gate.wiring.templates import (
    Json,
    allow,
    arn,
    assembly_of_stacks,
    changed,
    found,
    function,
    join,
    key,
    log_group,
    policy,
    ref,
    resource,
    role,
    services,
)

RULES = (*delivery_keys.RULES, *delivery_policies.RULES, *delivery_targets.RULES)
_ALARM: Json = {"MetricName": "m", "Namespace": "n", "EvaluationPeriods": 1}
_YAML = "alertmanager_config: |\n  receivers:\n    - sns_configs: [{topic_arn: "


def topic_policy(*names: str) -> Json:
    let = allow("sns:Publish", ref("Topic"), Principal=services(*names))
    return resource("SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument=policy(let))


def queue_policy(*names: str) -> Json:
    let = allow("sqs:SendMessage", arn("Queue"), Principal=services(*names))
    return resource("SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument=policy(let))


def permission(service: str, **source: Any) -> Json:
    return resource(
        "Lambda::Permission",
        Action="lambda:InvokeFunction",
        FunctionName=arn("Function"),
        Principal=f"{service}.amazonaws.com",
        **source,
    )


def to_topic(sender: Json, service: str) -> dict[str, Json]:
    return {
        "Key": key(service),
        "Topic": resource("SNS::Topic", KmsMasterKeyId=arn("Key")),
        "Policy": topic_policy(service),
        "Sender": sender,
    }


def to_queue(sender: Json, service: str) -> dict[str, Json]:
    return {
        "Key": key(service),
        "Queue": resource("SQS::Queue", KmsMasterKeyId=ref("Key")),
        "Policy": queue_policy(service),
        "Other": resource("SNS::Topic"),
        "Sender": sender,
    }


def to_function(sender: Json, service: str, **source: Any) -> dict[str, Json]:
    return {
        "Function": function(),
        "Role": role("lambda"),
        "Group": log_group(),
        "Other": resource("SNS::Topic"),
        "Policy": permission(service, **source),
        "Sender": sender,
    }


ALARM = to_topic(resource("CloudWatch::Alarm", AlarmActions=[ref("Topic")], **_ALARM), "cloudwatch")
SENDERS = [
    ALARM,
    to_topic(resource("CloudWatch::CompositeAlarm", OKActions=[ref("Topic")]), "cloudwatch"),
    to_topic(resource("Events::Rule", Targets=[{"Id": "a", "Arn": ref("Topic")}]), "events"),
    to_topic(
        resource(
            "Budgets::Budget",
            NotificationsWithSubscribers=[
                {"Subscribers": [{"SubscriptionType": "SNS", "Address": ref("Topic")}]}
            ],
        ),
        "budgets",
    ),
    to_topic(
        resource("APS::Workspace", AlertManagerDefinition=join(_YAML, ref("Topic"), "}]")), "aps"
    ),
    to_topic(
        resource(
            "S3::Bucket",
            NotificationConfiguration={"TopicConfigurations": [{"Topic": ref("Topic")}]},
        ),
        "s3",
    ),
    to_topic(
        resource("CE::AnomalySubscription", Subscribers=[{"Type": "SNS", "Address": ref("Topic")}]),
        "costalerts",
    ),
    to_topic(
        resource(
            "CodeStarNotifications::NotificationRule", Targets=[{"TargetAddress": ref("Topic")}]
        ),
        "codestar-notifications",
    ),
    to_topic(resource("CloudTrail::Trail", SnsTopicName=ref("Topic")), "cloudtrail"),
    to_queue(resource("Events::Rule", Targets=[{"Id": "a", "Arn": arn("Queue")}]), "events"),
    to_queue(
        resource(
            "Events::Rule",
            Targets=[{"Id": "a", "Arn": ref("Other"), "DeadLetterConfig": {"Arn": arn("Queue")}}],
        ),
        "events",
    )
    | {
        "OtherPolicy": resource(
            "SNS::TopicPolicy",
            Topics=[ref("Other")],
            PolicyDocument=policy(allow("sns:Publish", ref("Other"), Principal=services("events"))),
        )
    },
    to_queue(
        resource("SNS::Subscription", Protocol="sqs", Endpoint=arn("Queue"), TopicArn=ref("Other")),
        "sns",
    ),
    to_queue(
        resource("SNS::Topic", Subscription=[{"Protocol": "sqs", "Endpoint": arn("Queue")}]), "sns"
    ),
    to_queue(
        resource(
            "S3::Bucket",
            NotificationConfiguration={"QueueConfigurations": [{"Queue": arn("Queue")}]},
        ),
        "s3",
    ),
]
FUNCTIONS = [
    to_function(
        resource("Events::Rule", Targets=[{"Id": "a", "Arn": arn("Function")}]),
        "events",
        SourceArn=arn("Sender"),
    ),
    to_function(
        resource("CloudWatch::Alarm", AlarmActions=[arn("Function")], **_ALARM),
        "lambda.alarms.cloudwatch",
        SourceArn=arn("Sender"),
    ),
    to_function(
        resource(
            "SNS::Subscription", Protocol="lambda", Endpoint=arn("Function"), TopicArn=ref("Other")
        ),
        "sns",
        SourceArn=ref("Other"),
    ),
    to_function(
        resource(
            "S3::Bucket",
            BucketName="inbox",
            NotificationConfiguration={"LambdaConfigurations": [{"Function": arn("Function")}]},
        ),
        "s3",
        SourceArn="arn:aws:s3:::inbox",
        SourceAccount={"Ref": "AWS::AccountId"},
    ),
    to_function(
        resource(
            "Logs::SubscriptionFilter", DestinationArn=arn("Function"), LogGroupName=ref("Group")
        ),
        "logs.eu-west-1",
        SourceArn=arn("Group"),
    ),
    to_function(
        resource("SecretsManager::RotationSchedule", RotationLambdaARN=arn("Function")),
        "secretsmanager",
    ),
]


@pytest.mark.parametrize("sound", [*SENDERS, *FUNCTIONS])
def test_a_target_that_lets_its_sender_in_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, RULES) == set()


@pytest.mark.parametrize("sound", SENDERS)
def test_a_target_policy_that_lets_another_service_in_is_found(sound: dict[str, Json]) -> None:
    stated = "Policy.Properties.PolicyDocument.Statement.0"
    broken = changed(sound, f"{stated}.Principal", services("lambda"))

    assert ("wiring.delivery-policy", "Sender") in found(broken, RULES)


@pytest.mark.parametrize("sound", SENDERS)
def test_a_target_policy_that_lets_the_service_do_something_else_is_found(
    sound: dict[str, Json],
) -> None:
    stated = "Policy.Properties.PolicyDocument.Statement.0"
    broken = changed(sound, f"{stated}.Action", "sns:GetTopicAttributes")

    assert ("wiring.delivery-policy", "Sender") in found(broken, RULES)


@pytest.mark.parametrize("sound", SENDERS)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Statement.1", None),
        ("Statement.1.Action", ["kms:Decrypt"]),
        ("Statement.1.Action", ["kms:GenerateDataKey"]),
        ("Statement.1.Principal", services("lambda")),
    ],
)
def test_a_target_whose_key_keeps_the_service_out_is_found(
    sound: dict[str, Json], path: str, value: object
) -> None:
    broken = changed(sound, f"Key.Properties.KeyPolicy.{path}", value)

    assert ("wiring.delivery-key", "Sender") in found(broken, RULES)


@pytest.mark.parametrize("sound", FUNCTIONS)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Policy", None),
        ("Policy.Properties.Principal", "apigateway.amazonaws.com"),
        ("Policy.Properties.Action", "lambda:GetFunction"),
    ],
)
def test_a_function_that_its_sender_may_not_invoke_is_found(
    sound: dict[str, Json], path: str, value: object
) -> None:
    assert ("wiring.delivery-policy", "Sender") in found(changed(sound, path, value), RULES)


@pytest.mark.parametrize("sound", FUNCTIONS[:5])
def test_a_permission_for_another_source_is_found(sound: dict[str, Json]) -> None:
    elsewhere = "arn:aws:events:eu-west-1:111111111111:rule/another"

    broken = changed(sound, "Policy.Properties.SourceArn", elsewhere)

    assert ("wiring.delivery-policy", "Sender") in found(broken, RULES)


def test_a_topic_without_a_policy_takes_alarms_of_its_account() -> None:
    assert found(changed(ALARM, "Policy", None), RULES) == set()


def test_a_topic_without_a_policy_takes_nothing_else() -> None:
    rule = resource("Events::Rule", Targets=[{"Id": "a", "Arn": ref("Topic")}])
    broken = changed(to_topic(rule, "events"), "Policy", None)

    assert found(broken, RULES) == {("wiring.delivery-policy", "Sender")}


def test_a_topic_under_the_key_of_aws_takes_no_alarms() -> None:
    broken = changed(ALARM, "Topic.Properties.KmsMasterKeyId", "alias/aws/sns")

    assert found(broken, RULES) == {("wiring.delivery-key", "Sender")}


def test_a_key_is_found_behind_its_alias() -> None:
    aliased = {
        **changed(ALARM, "Topic.Properties.KmsMasterKeyId", "alias/topics"),
        "Alias": resource("KMS::Alias", AliasName="alias/topics", TargetKeyId=ref("Key")),
    }
    broken = changed(aliased, "Key.Properties.KeyPolicy.Statement.1", None)

    assert found(aliased, RULES) == set()
    assert ("wiring.delivery-key", "Sender") in found(broken, RULES)


def test_a_condition_for_another_account_keeps_the_service_out() -> None:
    statement = "Policy.Properties.PolicyDocument.Statement.0"
    condition = {"StringEquals": {"aws:SourceAccount": "999999999999"}}

    broken = changed(ALARM, f"{statement}.Condition", condition)

    assert found(broken, RULES) == {("wiring.delivery-policy", "Sender")}


SECRET = {
    "Key": key("aps"),
    "Secret": resource("SecretsManager::Secret", KmsKeyId=arn("Key")),
    "Policy": resource(
        "SecretsManager::ResourcePolicy",
        SecretId=ref("Secret"),
        ResourcePolicy=policy(allow("secretsmanager:GetSecretValue", Principal=services("aps"))),
    ),
    "Sender": resource(
        "APS::Workspace",
        AlertManagerDefinition=join("alertmanager_config: |\n  secret_arn: ", ref("Secret")),
    ),
}


def test_a_secret_that_alerting_may_read_is_fine() -> None:
    assert found(SECRET, RULES) == set()


@pytest.mark.parametrize("path", ["Policy", "Key.Properties.KeyPolicy.Statement.1"])
def test_a_secret_that_alerting_may_not_read_is_found(path: str) -> None:
    broken = found(changed(SECRET, path, None), RULES)

    assert {resource for _, resource in broken} & {"Sender", "Secret"}


def test_a_bucket_whose_policy_lets_a_service_write_and_whose_key_does_not_is_found() -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn("Key")}
    encryption = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default}]}
    written = join(arn("Bucket"), "/*")
    sound = {
        "Key": key("delivery.logs"),
        "Bucket": resource("S3::Bucket", BucketEncryption=encryption),
        "Policy": resource(
            "S3::BucketPolicy",
            Bucket=ref("Bucket"),
            PolicyDocument=policy(
                allow("s3:PutObject", written, Principal=services("delivery.logs"))
            ),
        ),
    }
    broken = changed(sound, "Key.Properties.KeyPolicy.Statement.1", None)

    assert found(sound, RULES) == set()
    assert found(broken, RULES) == {("wiring.resource-key", "Bucket")}


@pytest.mark.parametrize("sound", SENDERS[:1] + SENDERS[4:6])
def test_a_fifo_topic_that_the_sender_does_not_deliver_to_is_found(
    sound: dict[str, Json],
) -> None:
    broken = changed(sound, "Topic.Properties.FifoTopic", True)

    assert found(broken, RULES) == {("wiring.fifo-target", "Sender")}


def test_a_topic_in_another_region_than_its_alarm_is_found() -> None:
    there = "arn:aws:sns:us-east-1:111111111111:alerts"
    alarm = resource("CloudWatch::Alarm", AlarmActions=[there], **_ALARM)
    topic = resource("SNS::Topic", TopicName="alerts")

    read = assembly_of_stacks(
        {"here": ("eu-west-1", {"Sender": alarm}), "there": ("us-east-1", {"Topic": topic})}
    )

    findings = {(finding.rule, finding.resource) for rule in RULES for finding in rule(read)}
    assert findings == {("wiring.other-region", "here/Sender")}
