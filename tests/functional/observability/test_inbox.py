"""What the inbox takes, refuses, keeps and shows."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn

from localcloud.inbox.app import LARGEST_BODY, build

TOPIC = "arn:aws:sns:us-east-1:123456789012:tidewatch-critical"
SCRIPT = "<script>alert(1)</script>"
IMAGE = "\"'><img src=x onerror=alert(2)>"


class Client:
    """Requests of one inbox."""

    def __init__(self, url: str) -> None:
        self._url = url

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self._url + path, timeout=30, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return requests.post(self._url + path, timeout=30, **options)


@contextlib.contextmanager
def serve(home: Path) -> Iterator[Client]:
    """The inbox over real HTTP, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(build(home), log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < deadline, "the inbox did not start"
            time.sleep(0.005)
        try:
            yield Client(f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Client]:
    with serve(tmp_path) as client:
        yield client


def mail(**changes: Any) -> dict[str, Any]:
    return {"to": "a@example.com", "subject": "[WARNING] x", "body": "b", "topic": TOPIC, **changes}


def incident(**changes: Any) -> dict[str, Any]:
    payload = {"summary": "PSI 0.8", "source": "Alertmanager", "severity": "critical"}
    return {"routing_key": "k" * 32, "event_action": "trigger", "payload": payload, **changes}


def slack_post(title: str, text: str) -> dict[str, Any]:
    content = {"title": title, "description": text, "keywords": ["critical"]}
    message = {"version": "1.0", "source": "custom", "content": content}
    return {"channel": "C01", "topic": TOPIC, "message": json.dumps(message)}


def only_message(inbox: Client) -> dict[str, Any]:
    messages = inbox.get("/messages").json()
    assert len(messages) == 1
    message: dict[str, Any] = messages[0]
    assert message.pop("id") == 1
    assert message.pop("received_at").endswith("+00:00")
    return message


def test_a_mail_is_kept_with_its_parts(inbox: Client) -> None:
    assert inbox.post("/email", json=mail()).status_code == 202
    assert only_message(inbox) == {
        "channel": "email",
        "title": "[WARNING] x",
        "text": "b",
        "severity": "warning",
        "to": "a@example.com",
        "source": TOPIC,
        "raw": mail(),
    }


def test_a_slack_post_in_the_chat_schema_is_shown_as_slack_would(inbox: Client) -> None:
    inbox.post("/slack", json=slack_post("Drift", "• temp"))
    message = only_message(inbox)
    assert (message["title"], message["text"]) == ("Drift", "• temp")
    assert (message["severity"], message["to"]) == ("critical", "C01")


def test_emoji_names_are_shown_as_slack_shows_them(inbox: Client) -> None:
    inbox.post("/slack", json=slack_post(":rotating_light: Drift", "temp"))
    assert only_message(inbox)["title"] == "🚨 Drift"


def test_a_cloudwatch_alarm_in_slack_is_named_by_its_state(inbox: Client) -> None:
    alarm = {"AlarmName": "late", "NewStateValue": "ALARM", "NewStateReason": "no data"}
    inbox.post("/slack", json={"channel": "C01", "message": json.dumps(alarm)})
    message = only_message(inbox)
    assert (message["title"], message["text"]) == ("ALARM: late", "no data")
    assert message["severity"] == "critical"


def test_a_resolved_alert_is_good_news(inbox: Client) -> None:
    inbox.post("/email", json=mail(subject="[RESOLVED] critical drift"))
    assert only_message(inbox)["severity"] == "ok"


@pytest.mark.parametrize("path", ["/pagerduty", "/pagerduty/v2/enqueue"])
def test_pagerduty_answers_as_its_events_api_does(inbox: Client, path: str) -> None:
    answer = inbox.post(path, json=incident(dedup_key="d"))
    assert answer.status_code == 202
    assert answer.json() == {
        "status": "success",
        "message": "Event processed",
        "dedup_key": "d",
    }
    assert only_message(inbox)["severity"] == "critical"


def test_pagerduty_gives_an_event_without_a_key_one(inbox: Client) -> None:
    assert inbox.post("/pagerduty", json=incident()).json()["dedup_key"]


def test_a_resolved_incident_is_good_news(inbox: Client) -> None:
    event = {"routing_key": "k" * 32, "event_action": "resolve", "dedup_key": "d"}
    assert inbox.post("/pagerduty", json=event).status_code == 202
    assert only_message(inbox)["severity"] == "ok"


def test_the_routing_key_is_not_kept(inbox: Client, tmp_path: Path) -> None:
    inbox.post("/pagerduty", json=incident(routing_key="s" * 28 + "last"))
    assert only_message(inbox)["raw"]["routing_key"] == "…last"
    assert "ssss" not in (tmp_path / "messages.jsonl").read_text()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"routing_key": None}, "'routing_key' is missing or blank"),
        ({"routing_key": "short"}, "should be 32 characters"),
        ({"event_action": "shout"}, "'event_action' is invalid"),
        ({"payload": None}, "'payload' is missing or blank"),
        ({"payload": {"source": "s", "severity": "info"}}, "'payload.summary' is missing"),
        ({"payload": {"summary": "s", "severity": "info"}}, "'payload.source' is missing"),
        ({"payload": {"summary": "s", "source": "s"}}, "'payload.severity' is missing"),
        (
            {"payload": {"summary": "s", "source": "s", "severity": "bad"}},
            "'payload.severity' is invalid",
        ),
        (
            {"payload": {"summary": "s" * 1025, "source": "s", "severity": "info"}},
            "'payload.summary' is too long",
        ),
        ({"event_action": "resolve"}, "'dedup_key' is missing or blank"),
    ],
)
def test_pagerduty_refuses_what_its_events_api_refuses(
    inbox: Client, changes: dict[str, Any], complaint: str
) -> None:
    answer = inbox.post("/pagerduty", json=incident(**changes))
    assert answer.status_code == 400
    assert answer.json()["status"] == "invalid event"
    assert any(complaint in error for error in answer.json()["errors"])
    assert inbox.get("/messages").json() == []


@pytest.mark.parametrize("path", ["/email", "/slack", "/pagerduty", "/sns/ops"])
@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b"\xff\xfe", b"1"])
def test_a_body_that_is_no_json_object_is_refused(inbox: Client, path: str, body: bytes) -> None:
    answer = inbox.post(path, data=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["expected"] == "a JSON object"


@pytest.mark.parametrize("missing", ["to", "subject", "body"])
def test_a_mail_that_lacks_a_part_is_refused(inbox: Client, missing: str) -> None:
    answer = inbox.post("/email", json=mail(**{missing: None}))
    assert answer.status_code == 400
    assert answer.json()["error"]["remedy"] == f"send {missing}"


def test_a_body_that_is_too_large_is_refused(inbox: Client) -> None:
    answer = inbox.post("/email", json=mail(body="x" * LARGEST_BODY))
    assert answer.status_code == 413


def test_an_sns_notification_is_kept_under_its_subscription(inbox: Client) -> None:
    notification = {
        "Type": "Notification",
        "Message": "text",
        "Subject": "s",
        "TopicArn": TOPIC,
        "MessageAttributes": {"severity": {"Type": "String", "Value": "critical"}},
    }
    inbox.post("/sns/ops", json=notification)
    message = only_message(inbox)
    assert (message["channel"], message["to"], message["severity"]) == ("sns", "ops", "critical")


def test_a_subscription_is_confirmed_only_on_this_machine(inbox: Client) -> None:
    delivery = {"Type": "SubscriptionConfirmation", "SubscribeURL": "http://example.com/?x"}
    answer = inbox.post("/sns/ops", json=delivery)
    assert answer.status_code == 400
    assert "loopback" in answer.json()["error"]["expected"]


def test_messages_can_be_narrowed(inbox: Client) -> None:
    inbox.post("/email", json=mail())
    inbox.post("/slack", json=slack_post("a", "b"))
    inbox.post("/email", json=mail(subject="[CRITICAL] y"))
    ids = [
        [message["id"] for message in inbox.get(f"/messages?{query}").json()]
        for query in ("channel=email", "severity=critical", "after=2", "channel=unknown")
    ]
    assert ids == [[1, 3], [2, 3], [3], [1, 2, 3]]


def test_the_page_shows_the_newest_message_first(inbox: Client) -> None:
    for subject in ("first", "second"):
        inbox.post("/email", json=mail(subject=subject))
    page = inbox.get("/").text
    assert page.index("second") < page.index("first")


@pytest.mark.parametrize("text", [SCRIPT, IMAGE, "{{ 7 * 7 }}", "</pre></main>" + SCRIPT])
def test_the_page_shows_markup_as_text(inbox: Client, text: str) -> None:
    def tags() -> list[int]:
        page = inbox.get("/").text
        return [page.count(tag) for tag in ("<script", "<img", "</main>", ">49<")]

    inbox.post("/email", json=mail(subject="harmless"))
    before = tags()
    inbox.post("/email", json=mail(to=text, subject=text, body=text, topic=text, extra=text))
    inbox.post("/slack", json=slack_post(text, text) | {"channel": text, "topic": text})
    inbox.post("/pagerduty", json=incident(dedup_key=text))
    inbox.post(f"/sns/{SCRIPT[:7]}", json={"Type": "Notification", "Message": text})
    assert len(inbox.get("/messages").json()) == 5
    assert tags() == before


def test_the_page_may_load_nothing_from_elsewhere_and_no_inline_script(inbox: Client) -> None:
    policy = inbox.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_an_unknown_severity_from_outside_is_not_taken_over(inbox: Client) -> None:
    attributes = {"severity": {"Type": "String", "Value": "x onclick=1"}}
    delivery = {"Type": "Notification", "Message": "m", "MessageAttributes": attributes}
    inbox.post("/sns/ops", json=delivery)
    assert only_message(inbox)["severity"] == "info"


def test_a_page_from_elsewhere_cannot_read_the_inbox_by_another_name(inbox: Client) -> None:
    assert inbox.get("/messages", headers={"host": "attacker.example"}).status_code == 400


def test_a_report_is_served_without_network_or_origin(inbox: Client, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/2013-05-06.html").write_text("<h1>report</h1>")
    answer = inbox.get("/reports/2013-05-06.html")
    assert answer.text == "<h1>report</h1>"
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts")
    assert "/reports/2013-05-06.html" in inbox.get("/").text


@pytest.mark.parametrize(
    "name", ["none.html", "..%2Fmessages.jsonl", "%2e%2e%2fmessages.jsonl", "secret.txt"]
)
def test_only_html_files_of_the_reports_folder_are_served(
    inbox: Client, tmp_path: Path, name: str
) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/secret.txt").write_text("x")
    inbox.post("/email", json=mail())
    assert inbox.get(f"/reports/{name}").status_code == 404


def test_messages_survive_a_restart(inbox: Client, tmp_path: Path) -> None:
    inbox.post("/email", json=mail())
    before = inbox.get("/messages").json()
    with serve(tmp_path) as again:
        assert again.get("/messages").json() == before
        assert again.post("/email", json=mail()).json() == {"id": 2}


def test_a_message_torn_by_a_kill_is_cut_off(inbox: Client, tmp_path: Path) -> None:
    inbox.post("/email", json=mail())
    file = tmp_path / "messages.jsonl"
    file.write_bytes(file.read_bytes() + b'{"id": 2, "received_')
    with serve(tmp_path) as again:
        assert [message["id"] for message in again.get("/messages").json()] == [1]
        again.post("/email", json=mail())
    with serve(tmp_path) as later:
        assert [message["id"] for message in later.get("/messages").json()] == [1, 2]
