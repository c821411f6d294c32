"""What people are told, by the real Alertmanager: every message is readable where it arrives."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from dashboards.alert_routing import Destinations, alert_manager_definition
from localcloud import alertmanager
from localcloud.cloud import LocalCloud

SECONDS = 30.0
OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    ],
}
HOSTILE = 'quote " backslash \\ line\nbreak\ttab'


def alert(severity: str, summary: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": "DataDrift", "model": "flights", "severity": severity},
        "annotations": {
            "summary": summary,
            "impact": "It may be wrong.",
            "action": "Look at it.",
            "runbook": "docs/runbooks/DataDrift.md",
        },
    }


class Topics:
    """Two topics whose messages a queue keeps, and an Alertmanager that publishes to them."""

    def __init__(self, cloud: LocalCloud, home: Path) -> None:
        self._sqs = cloud.session().client("sqs")
        sns = cloud.session().client("sns")
        self._queues = {}
        arns = {}
        for name in ("words", "chat"):
            queue = self._sqs.create_queue(
                QueueName=f"told-{name}", Attributes={"Policy": json.dumps(OPEN)}
            )["QueueUrl"]
            attributes = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
            arns[name] = sns.create_topic(Name=f"told-{name}")["TopicArn"]
            sns.subscribe(
                TopicArn=arns[name],
                Protocol="sqs",
                Endpoint=attributes["Attributes"]["QueueArn"],
            )
            self._queues[name] = queue
        to = Destinations(
            region="us-east-1",
            critical_topic=arns["words"],
            warning_topic=arns["words"],
            info_topic=arns["words"],
            chat_topic=arns["chat"],
            mail_topic=arns["words"],
            pagerduty_secret=None,
        )
        self.alertmanager = alertmanager.start(
            "ws-told",
            home,
            alert_manager_definition(to, "1s"),
            cloud.url,
            "us-east-1",
            "http://127.0.0.1:9/",
            lambda _arn: "",
        )

    def fire(self, *alerts: dict[str, Any]) -> None:
        request = Request(  # noqa: S310 - loopback
            f"{self.alertmanager.url}/api/v2/alerts",
            json.dumps(alerts).encode(),
            {"Content-Type": "application/json"},
        )
        urlopen(request, timeout=10).close()  # noqa: S310 - loopback

    def told(self, name: str) -> dict[str, str]:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            found = self._sqs.receive_message(QueueUrl=self._queues[name], WaitTimeSeconds=1)
            for message in found.get("Messages", []):
                envelope: dict[str, str] = json.loads(message["Body"])
                return envelope
        raise AssertionError(f"nothing was told on {name}")


@pytest.fixture
def topics(cloud: LocalCloud, tmp_path: Path) -> Iterator[Topics]:
    topics = Topics(cloud, tmp_path)
    yield topics
    topics.alertmanager.stop()


def test_a_critical_alert_is_told_in_words_and_in_the_schema_that_chat_shows(
    topics: Topics,
) -> None:
    topics.fire(alert("critical", HOSTILE))
    words = topics.told("words")
    assert words["Subject"] == "CRITICAL: DataDrift (flights)"
    assert "Impact: It may be wrong." in words["Message"]
    chat = json.loads(topics.told("chat")["Message"])
    assert chat["version"] == "1.0"
    assert chat["source"] == "custom"
    assert chat["content"]["title"] == "CRITICAL: DataDrift (flights)"
    assert "quote   backslash   line break tab" in chat["content"]["description"]
    assert chat["content"]["description"].endswith("Look at it.\n")
