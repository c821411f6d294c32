from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.roles import role
from tests.functional.localcloud.templates import Resources, stack
from tests.functional.localcloud.workbench import unique, until


def messages(cloud: LocalCloud) -> str:
    """All messages as text: their shape is the inbox's own business."""
    services = requests.get(f"{cloud.url}/_localcloud/services", timeout=10).json()
    return requests.get(f"{services['inbox']}/messages", timeout=10).text


@pytest.fixture
def topic(cloud: LocalCloud) -> str:
    arn: str = cloud.session().client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    return arn


def custom(text: str) -> str:
    """A notification in the schema of Amazon Q in chat applications."""
    content = {"textType": "client-markdown", "title": "Drift", "description": text}
    return json.dumps({"version": "1.0", "source": "custom", "content": content})


def slack(topic: str, role_arn: str, name: str) -> Resources:
    properties = {
        "ConfigurationName": name,
        "SlackWorkspaceId": "T0123456789",
        "SlackChannelId": "C0123456789",
        "IamRoleArn": role_arn,
        "SnsTopicArns": [topic],
    }
    return {"Slack": {"Type": "AWS::Chatbot::SlackChannelConfiguration", "Properties": properties}}


def test_a_message_reaches_every_mail_address_of_its_topic(cloud: LocalCloud, topic: str) -> None:
    client = cloud.session().client("sns")
    address = f"{unique('ops')}@example.com"
    client.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
    text = unique("drift")
    client.publish(TopicArn=topic, Subject="Flights", Message=text)
    found = until(lambda: next((m for m in [messages(cloud)] if text in m), None))
    assert address in found
    assert "Flights" in found


def test_a_subscription_that_filters_gets_only_what_it_asked_for(
    cloud: LocalCloud, topic: str
) -> None:
    client = cloud.session().client("sns")
    only_critical = {"FilterPolicy": json.dumps({"severity": ["critical"]})}
    client.subscribe(
        TopicArn=topic, Protocol="email", Endpoint="a@example.com", Attributes=only_critical
    )
    unwanted, wanted = unique("unwanted"), unique("wanted")
    for text, severity in ((unwanted, "info"), (wanted, "critical")):
        attribute = {"DataType": "String", "StringValue": severity}
        client.publish(TopicArn=topic, Message=text, MessageAttributes={"severity": attribute})
    until(lambda: wanted in messages(cloud))
    assert unwanted not in messages(cloud)


def test_slack_shows_messages_of_its_schema_and_no_others(cloud: LocalCloud, topic: str) -> None:
    client = cloud.session().client("sns")
    dropped, shown, gone = unique("dropped"), unique("shown"), unique("gone")
    with stack(cloud, "Slack") as made:
        outputs = made.deploy(slack(topic, role(cloud, "chatbot"), unique("ops")))
        assert outputs["Slack"].startswith("arn:aws:chatbot::123456789012:chat-configuration/")
        client.publish(TopicArn=topic, Message=dropped)
        client.publish(TopicArn=topic, Message=custom(shown))
        found = until(lambda: next((m for m in [messages(cloud)] if shown in m), None))
    assert "C0123456789" in found
    client.publish(TopicArn=topic, Message=custom(gone))
    mail = unique("mail")
    client.subscribe(TopicArn=topic, Protocol="email", Endpoint="b@example.com")
    client.publish(TopicArn=topic, Message=mail)
    after = until(lambda: next((m for m in [messages(cloud)] if mail in m), None))
    assert dropped not in after
    assert gone not in after


def test_an_alarm_reaches_slack(cloud: LocalCloud, topic: str) -> None:
    session = cloud.session()
    alarm = unique("alarm")
    metric: dict[str, Any] = {"Namespace": "Tidewatch", "MetricName": alarm}
    with stack(cloud, "Slack") as made:
        made.deploy(slack(topic, role(cloud, "chatbot"), unique("ops")))
        session.client("cloudwatch").put_metric_alarm(
            AlarmName=alarm,
            AlarmActions=[topic],
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Period=60,
            Statistic="Maximum",
            Threshold=1.0,
            **metric,
        )
        session.client("cloudwatch").put_metric_data(
            Namespace="Tidewatch", MetricData=[{"MetricName": alarm, "Value": 2.0}]
        )
        until(lambda: alarm in messages(cloud))
