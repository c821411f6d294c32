"""Verdicts are indexed once each, and what fails is tried again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards.verdict_documents import index_template, lifecycle_policy
from lambdas import search_endpoint
from lambdas.search_endpoint import SearchError
from lambdas.search_setup.handler import prepare
from lambdas.verdict_expiry import handler as expiry
from lambdas.verdict_index.document import document
from lambdas.verdict_index.handler import handler as index
from tests.unit.lambdas.web_server import Asked, Said, WebServer, serving

VERDICT: dict[str, Any] = {
    "time": "2026-11-30T23:59:58Z",
    "detail": {
        "model": "flights",
        "version": "1",
        "variant": "champion",
        "unit": "data_monitor",
        "verdict": "critical",
        "reasons": [{"metric": "psi", "feature": "temp", "value": 0.9, "threshold": 0.5}],
        "window": {"start": "2013-04-01T00:00:00Z", "end": "2013-04-08T00:00:00Z"},
    },
}


@dataclass
class Search:
    """The routes that the functions use; `refused` documents, by id, get that status."""

    documents: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    policy: dict[str, Any] | None = None
    indices: list[str] = field(default_factory=list)
    down: bool = False

    def answer(self, asked: Asked) -> Said:  # noqa: PLR0911 - a return a route
        if self.down:
            return Said(503)
        if not asked.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
            return Said(403, {"message": "unsigned"})
        match asked.method, asked.path:
            case "POST", "/_bulk":
                return Said(200, {"items": list(self._created(asked.body))})
            case "GET", "/_plugins/_ism/policies/tidewatch-verdicts":
                return Said(200, self.policy) if self.policy else Said(404)
            case "GET", path if path.startswith("/_cat/indices/tidewatch-verdicts-*"):
                return Said(200, [{"index": name} for name in self.indices])
            case "DELETE", path:
                self.indices.remove(path.strip("/"))
                return Said()
            case "PUT", _:
                return Said()
        return Said(404)

    def _created(self, body: bytes) -> Iterator[dict[str, Any]]:
        lines = [json.loads(line) for line in body.decode().splitlines()]
        for action, source in zip(lines[::2], lines[1::2], strict=True):
            identity = action["create"]["_id"]
            status = self.refused.get(identity, 409 if identity in self.documents else 201)
            if status == 201:
                self.documents[identity] = source
            yield {"create": {"_id": identity, "status": status, "error": {"reason": "no"}}}


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> Search:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "SEARCH_SERVICE": "aoss",
        "RETENTION_DAYS": "30",
    }.items():
        monkeypatch.setenv(name, value)
    retries = search_endpoint._RETRIES.new(total=1, backoff_factor=0)
    monkeypatch.setattr(search_endpoint, "_RETRIES", retries)
    return Search()


@pytest.fixture
def server(search: Search, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with serving(search.answer) as found:
        monkeypatch.setenv("SEARCH_URL", found.url)
        yield found


def messages(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": f"m{number}", "body": json.dumps(event)}
            for number, event in enumerate(events)
        ]
    }


def another(**detail: object) -> dict[str, Any]:
    return {**VERDICT, "detail": {**VERDICT["detail"], **detail}}


def test_a_verdict_told_twice_is_there_once(search: Search, server: WebServer) -> None:
    later = {**VERDICT, "time": "2026-11-30T23:59:59Z"}
    assert index(messages(VERDICT, VERDICT), None) == {"batchItemFailures": []}
    assert index(messages(later), None) == {"batchItemFailures": []}
    assert len(search.documents) == 1
    assert server.paths() == [("POST", "/_bulk")] * 2


def test_another_verdict_on_the_same_window_is_another_document(
    search: Search, server: WebServer
) -> None:
    index(messages(VERDICT, another(verdict="ok", reasons=[])), None)
    assert server.asked
    assert {item["verdict"] for item in search.documents.values()} == {"critical", "ok"}


@pytest.mark.parametrize("status", [400, 429, 500])
def test_what_is_refused_waits_for_another_try_and_the_rest_is_done(
    search: Search, server: WebServer, status: int
) -> None:
    bad = another(version="2")
    search.refused[document(bad).id] = status
    answer = index(messages(VERDICT, bad), None)
    assert server.asked
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert len(search.documents) == 1


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("not JSON", "JSONDecodeError"),
        ("[]", "TypeError"),
        (json.dumps({"time": VERDICT["time"]}), "KeyError 'detail'"),
        (json.dumps({**VERDICT, "detail": {"model": "flights"}}), "KeyError 'window'"),
        (json.dumps({**VERDICT, "time": "yesterday"}), "ValueError"),
        (json.dumps({**VERDICT, "time": 7}), "TypeError"),
    ],
)
def test_a_malformed_message_fails_alone_and_is_told(
    search: Search, server: WebServer, caplog: pytest.LogCaptureFixture, body: str, found: str
) -> None:
    batch = messages(VERDICT, VERDICT, another(version="2"))
    batch["Records"][1]["body"] = body
    assert index(batch, None) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert server.paths() == [("POST", "/_bulk")]
    assert {item["version"] for item in search.documents.values()} == {"1", "2"}
    (told,) = caplog.messages
    assert f"message m1: found {found}" in told
    assert 'expected an event "Tidewatch Verdict"' in told


def test_where_all_messages_are_malformed_opensearch_is_not_asked(server: WebServer) -> None:
    batch = messages(VERDICT)
    batch["Records"][0]["body"] = "{}"
    assert index(batch, None) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert not server.asked


def test_where_opensearch_is_down_the_whole_batch_waits(search: Search, server: WebServer) -> None:
    search.down = True
    with pytest.raises(SearchError, match="503"):
        index(messages(VERDICT), None)
    assert len(server.asked) == 2


def test_a_document_has_exactly_the_fields_that_the_template_knows() -> None:
    mappings = json.loads(index_template(None))["template"]["mappings"]
    assert mappings["dynamic"] == "strict"
    source = document(VERDICT).source
    assert source.keys() == mappings["properties"].keys()
    assert source["reasons"][0].keys() == mappings["properties"]["reasons"]["properties"].keys()


def test_an_index_holds_one_month_of_announcements() -> None:
    assert document(VERDICT).index == "tidewatch-verdicts-2026.11"


def test_requests_are_signed_for_the_service_with_the_hash_of_their_body(
    server: WebServer,
) -> None:
    index(messages(VERDICT), None)
    headers = server.asked[0].headers
    assert "/eu-west-1/aoss/aws4_request" in headers["authorization"]
    assert "x-amz-content-sha256" in headers["authorization"]
    assert len(headers["x-amz-content-sha256"]) == 64


def test_a_domain_gets_a_template_and_a_policy_and_a_collection_the_template_alone(
    server: WebServer,
) -> None:
    template = index_template(1)
    prepare({"Template": template, "Policy": lifecycle_policy(30)})
    prepare({"Template": template})
    policy = "/_plugins/_ism/policies/tidewatch-verdicts"
    assert server.paths() == [
        ("PUT", "/_index_template/tidewatch-verdicts"),
        ("GET", policy),
        ("PUT", policy),
        ("PUT", "/_index_template/tidewatch-verdicts"),
    ]
    assert server.asked[0].document["index_patterns"] == ["tidewatch-verdicts-*"]


def test_a_changed_policy_replaces_the_revision_that_was_seen(
    search: Search, server: WebServer
) -> None:
    search.policy = {"_seq_no": 4, "_primary_term": 2}
    prepare({"Template": index_template(1), "Policy": lifecycle_policy(30)})
    assert server.paths()[-1][1].endswith("?if_seq_no=4&if_primary_term=2")


def test_an_index_is_deleted_once_all_of_its_month_is_too_old(
    search: Search, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Clock:
            assert tz is UTC
            return cls(2026, 12, 30, tzinfo=UTC)

    monkeypatch.setattr(expiry, "datetime", Clock)
    search.indices = [f"tidewatch-verdicts-{month}" for month in ("2025.12", "2026.10", "2026.11")]
    answer = expiry.handler({}, None)
    assert server.asked
    assert answer == {"deleted": ["tidewatch-verdicts-2025.12", "tidewatch-verdicts-2026.10"]}
    assert search.indices == ["tidewatch-verdicts-2026.11"]


def test_the_policy_ends_an_index_at_its_age() -> None:
    policy = json.loads(lifecycle_policy(30))["policy"]
    kept, deleted = policy["states"]
    assert kept["transitions"][0]["conditions"] == {"min_index_age": "30d"}
    assert (policy["default_state"], deleted["actions"]) == ("kept", [{"delete": {}}])
