"""Indexes the verdicts that wait in a queue; what fails waits there for another try."""

from __future__ import annotations

import json
import logging
from typing import Any

from lambdas.search_endpoint import SearchEndpoint
from lambdas.verdict_index.document import Document, MessageError, read_message

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

_FIRST_FAILURE = 300
_EXISTS = 409


def handler(event: dict[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    """Index the verdicts of `event["Records"]`; the answer names the messages that failed."""
    documents, failed = _read(event["Records"])
    # OpenSearch refuses a request without a document.
    results = _create(list(documents.values())) if documents else []
    for (message, item), result in zip(documents.items(), results, strict=True):
        if _FIRST_FAILURE <= result["status"] != _EXISTS:
            logger.error("%s: %s", item.id, json.dumps(result.get("error"))[:500])
            failed.append(message)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _read(records: list[dict[str, Any]]) -> tuple[dict[str, Document], list[str]]:
    """The document of each message by the message's id, and the messages that hold none."""
    documents, malformed = {}, []
    for record in records:
        message = record["messageId"]
        try:
            documents[message] = read_message(message, record["body"])
        except MessageError as error:
            logger.error("%s", error)  # noqa: TRY400 - it says all; a trace would say no more
            malformed.append(message)
    return documents, malformed


def _create(documents: list[Document]) -> list[dict[str, Any]]:
    """What became of each document; one that is there already is not written again."""
    lines = []
    for item in documents:
        lines.append(json.dumps({"create": {"_index": item.index, "_id": item.id}}))
        lines.append(json.dumps(item.source))
    body = "\n".join(lines) + "\n"
    answer = SearchEndpoint.in_environment().ask(
        "POST", "/_bulk", body.encode(), kind="application/x-ndjson"
    )
    return [item["create"] for item in json.loads(answer.text)["items"]]
