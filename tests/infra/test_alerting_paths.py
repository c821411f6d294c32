"""The ways from an alert to people: who may publish, what is encrypted, what is not lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws_cdk.assertions import Match, Template

from tests.infra.observed import Json, observed, only, stage_with


@pytest.fixture(scope="module")
def alerting(tmp_path_factory: pytest.TempPathFactory) -> Template:
    config = stage_with({}, page_on_alarms=True, pagerduty_key_generation=3)
    return observed(config, tmp_path_factory.mktemp("alerting"))["alerting"]


def policies(template: Template) -> list[list[Json]]:
    found = template.find_resources("AWS::SNS::TopicPolicy").values()
    return [item["Properties"]["PolicyDocument"]["Statement"] for item in found]


def services(statement: Json) -> list[str]:
    named = statement["Principal"]["Service"]
    return [named] if isinstance(named, str) else list(named)


def test_there_is_a_topic_a_severity_and_one_each_for_chat_and_mail(alerting: Template) -> None:
    topics = alerting.find_resources("AWS::SNS::Topic").values()
    assert len(topics) == 5
    for topic in topics:
        assert "KmsMasterKeyId" in topic["Properties"]
        assert "FifoTopic" not in topic["Properties"]  # Prometheus publishes to Standard only


def test_topics_take_tls_only_and_messages_of_this_accounts_monitors_only(
    alerting: Template,
) -> None:
    found = policies(alerting)
    assert len(found) == 5
    for statements in found:
        refusals = [item for item in statements if item["Effect"] == "Deny"]
        assert refusals[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        allowed = [item for item in statements if item["Effect"] == "Allow"]
        assert {name for item in allowed for name in services(item)} == {
            "aps.amazonaws.com",
            "budgets.amazonaws.com",
            "cloudwatch.amazonaws.com",
        }
        for item in allowed:
            assert item["Condition"] == {
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
            }


def test_mail_has_a_topic_of_its_own_and_what_is_not_delivered_is_kept(alerting: Template) -> None:
    mail = only(alerting, "AWS::SNS::Subscription")
    assert mail["Protocol"] == "email"
    assert mail["TopicArn"]["Ref"].startswith("Mail")
    queue = mail["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert queue in alerting.find_resources("AWS::SQS::Queue")
    alerting.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {"MetricName": "ApproximateNumberOfMessagesVisible", "AlarmActions": Match.any_value()},
    )


def test_slack_listens_to_the_chat_topic_alone_and_runs_nothing(alerting: Template) -> None:
    slack = only(alerting, "AWS::Chatbot::SlackChannelConfiguration")
    (topic,) = slack["SnsTopicArns"]
    assert topic["Ref"].startswith("Chat")
    assert "AWSDenyAll" in json.dumps(slack["GuardrailPolicies"])


def test_the_routing_key_is_resolved_from_its_secret_when_deployed_and_in_no_template(
    alerting: Template,
) -> None:
    connection = only(alerting, "AWS::Events::Connection")
    (parameter,) = connection["AuthParameters"]["InvocationHttpParameters"]["BodyParameters"]
    assert (parameter["Key"], parameter["IsValueSecret"]) == ("routing_key", True)
    before, secret, after = parameter["Value"]["Fn::Join"][1]
    assert (before, after) == ("{{resolve:secretsmanager:", ":SecretString:routing_key::}}")
    assert secret["Ref"] in alerting.find_resources("AWS::SecretsManager::Secret")
    assert "SecretString" not in only(alerting, "AWS::SecretsManager::Secret")


def test_another_key_generation_changes_the_connection_so_that_it_reads_the_key_again(
    alerting: Template,
) -> None:
    assert only(alerting, "AWS::Events::Connection")["Description"].endswith("generation 3")
    destination = only(alerting, "AWS::Events::ApiDestination")
    assert destination["InvocationEndpoint"] == "https://events.pagerduty.com/v2/enqueue"
    assert destination["HttpMethod"] == "POST"


def test_a_stage_that_pages_nobody_has_no_key_and_no_way_to_pagerduty(tmp_path: Path) -> None:
    config = stage_with({}, pagerduty=False, page_on_alarms=False, slack=None, email=[])
    found = observed(config, tmp_path)["alerting"]
    for kind in (
        "AWS::SecretsManager::Secret",
        "AWS::Events::Connection",
        "AWS::Events::ApiDestination",
        "AWS::SNS::Subscription",
        "AWS::Chatbot::SlackChannelConfiguration",
        "AWS::SQS::Queue",
    ):
        assert not found.find_resources(kind), kind
