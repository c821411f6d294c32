"""Verdicts in a real search engine: once each, in strict fields, found by what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import osmem_server
import pytest
import requests

from dashboards.verdict_documents import index_template
from lambdas.search_setup.handler import prepare
from lambdas.verdict_index import handler as indexing
from lambdas.verdict_index.document import Document, read_message

INDEX = "tidewatch-verdicts-2026.11"


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "SEARCH_SERVICE": "es",
    }.items():
        monkeypatch.setenv(name, value)
    with osmem_server.OsmemServer.start(addr="127.0.0.1:0") as server:
        monkeypatch.setenv("SEARCH_URL", server.url)
        prepare({"Template": index_template(0)})
        yield server.url
    server.process.stdout.close()  # it leaves this to the garbage collector, which warns


def message(number: int, **detail: object) -> dict[str, str]:
    event = {
        "time": "2026-11-21T15:00:00Z",
        "detail": {
            "model": "flights",
            "version": "1",
            "variant": "champion",
            "unit": "data_monitor",
            "verdict": "critical",
            "reasons": [{"metric": "psi", "feature": "temp", "value": None, "threshold": 0.5}],
            "window": {"start": "2013-04-01T00:00:00Z", "end": "2013-04-08T00:00:00Z"},
            **detail,
        },
    }
    return {"messageId": f"m{number}", "body": json.dumps(event)}


def found(url: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    requests.post(f"{url}/{INDEX}/_refresh", timeout=10)
    answer = requests.post(f"{url}/{INDEX}/_search", json={"query": query}, timeout=10)
    return [hit["_source"] for hit in answer.json()["hits"]["hits"]]


def test_verdicts_told_twice_are_found_once_by_what_they_say(url: str) -> None:
    told = [message(1), message(2, variant="challenger", verdict="ok", reasons=[])]
    for _ in range(2):
        assert indexing.handler({"Records": told}, None) == {"batchItemFailures": []}
    assert len(found(url, {"match_all": {}})) == 2
    (critical,) = found(url, {"term": {"verdict": "critical"}})
    assert critical["variant"] == "champion"
    (drifted,) = found(url, {"term": {"reasons.feature": "temp"}})
    assert drifted == critical
    week = {"range": {"window_end": {"gte": "2013-04-07", "lt": "2013-04-09"}}}
    assert len(found(url, week)) == 2


def test_a_field_that_the_template_does_not_know_is_refused_and_the_rest_is_kept(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_a_surprise(message: str, body: str) -> Document:
        plain = read_message(message, body)
        if plain.source["version"] == "2":
            return Document(plain.index, plain.id, {**plain.source, "surprise": 1})
        return plain

    monkeypatch.setattr(indexing, "read_message", with_a_surprise)
    answer = indexing.handler({"Records": [message(1), message(2, version="2")]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m2"}]}
    assert len(found(url, {"match_all": {}})) == 1
