"""InvokeEndpoint: a request's way to a variant's server and back."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localcloud.endpoints.capture import Capture, Exchange
from localcloud.endpoints.capture_writer import CaptureWriter, place
from localcloud.endpoints.endpoint import KIND, SERVING, Endpoint, NoVariantError, Variant
from localcloud.endpoints.invocation_metrics import Meter
from localcloud.endpoints.model_server import (
    INVOCATION_SECONDS,
    ModelAnswer,
    ServerBrokeError,
    ServerGoneError,
    ServerTimeoutError,
)
from localcloud.jobs.records import collection
from localcloud.state import settings

LARGEST_BODY = 25 * 1024 * 1024
TARGET_VARIANT = "x-amzn-sagemaker-target-variant"
INFERENCE_ID = "x-amzn-sagemaker-inference-id"
CUSTOM_ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
PASSED_TO_MODEL = ("content-type", "accept", CUSTOM_ATTRIBUTES, INFERENCE_ID)
DEFAULT_TYPE = "application/octet-stream"
SUCCESS = range(200, 300)
SERVER_ERRORS_FROM = 500
NO_ANSWER: dict[type[Exception], str] = {
    ServerBrokeError: "the server closed the connection without an answer",
    ServerTimeoutError: f"the server gave no answer within {INVOCATION_SECONDS:g} s",
}

recorder = CaptureWriter()
meter = Meter()


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, as the caller of InvokeEndpoint gets it."""

    status: int
    headers: dict[str, str]
    body: bytes


def invoke(name: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Answer one InvokeEndpoint request; whether its caller may make it was checked before."""
    started = time.perf_counter()
    given = {key.lower(): value for key, value in headers.items()}
    endpoint = collection(KIND).get(name)
    if not isinstance(endpoint, Endpoint) or endpoint.status not in SERVING:
        return _error(
            400, "ValidationError", f"Endpoint {name} of account {settings().account} not found."
        )
    if len(body) > LARGEST_BODY:
        return _error(413, "ValidationError", f"found {len(body)} bytes; expected at most 25 MB")
    try:
        variant, capture = endpoint.take(given.get(TARGET_VARIANT))
    except NoVariantError as fault:
        return _error(400, "ValidationError", str(fault))
    return _through(endpoint, variant, capture, _Call(given, body, started))


@dataclass(frozen=True)
class _Call:
    """One request on its way."""

    headers: Mapping[str, str]
    body: bytes
    started: float

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type") or DEFAULT_TYPE

    def model_headers(self) -> dict[str, str]:
        passed = {key: self.headers[key] for key in PASSED_TO_MODEL if self.headers.get(key)}
        return {"accept": "*/*", **passed, "content-type": self.content_type}


def _through(endpoint: Endpoint, variant: Variant, capture: Capture | None, call: _Call) -> Answer:
    sent = time.perf_counter()
    try:
        found = variant.server.send(call.model_headers(), call.body)
    except ServerGoneError:
        _count(endpoint, variant, 503, sent, call)
        return _error(
            503, "ServiceUnavailable", f"the server of variant {variant.name} is being restarted"
        )
    except (ServerBrokeError, ServerTimeoutError) as fault:
        _count(endpoint, variant, 504, sent, call)
        return _model_error(variant, 0, NO_ANSWER[type(fault)])
    _count(endpoint, variant, found.status, sent, call)
    if found.status not in SUCCESS:
        return _model_error(variant, found.status, found.body.decode("utf-8", "replace"))
    if capture and capture.samples():
        _capture(endpoint, variant, capture, call, found)
    return Answer(200, _answer_headers(variant, found), found.body)


def _count(endpoint: Endpoint, variant: Variant, status: int, sent: float, call: _Call) -> None:
    now = time.perf_counter()
    meter.count((endpoint.name, variant.name), status, now - sent, now - call.started)


def _capture(  # the record needs all of the exchange's parts
    endpoint: Endpoint, variant: Variant, capture: Capture, call: _Call, found: ModelAnswer
) -> None:
    moment = datetime.now(UTC)
    exchange = Exchange(
        inference_id=call.headers.get(INFERENCE_ID),
        content_type=call.content_type,
        body=call.body,
        answer_type=found.headers.get("content-type", DEFAULT_TYPE),
        answer=found.body,
    )
    role = variant.server.deployable.role
    where = place(capture.destination, endpoint.name, variant.name, role, moment)
    recorder.add(where, capture.line(exchange, moment), moment)


def _answer_headers(variant: Variant, found: ModelAnswer) -> dict[str, str]:
    headers = {
        "content-type": found.headers.get("content-type", DEFAULT_TYPE),
        "x-amzn-invoked-production-variant": variant.name,
    }
    if CUSTOM_ATTRIBUTES in found.headers:
        headers[CUSTOM_ATTRIBUTES] = found.headers[CUSTOM_ATTRIBUTES]
    return headers


def _model_error(variant: Variant, status: int, message: str) -> Answer:
    side = "server" if status == 0 or status >= SERVER_ERRORS_FROM else "client"
    text = f'Received {side} error ({status}) from {variant.name} with message "{message}".'
    return _error(424, "ModelError", text, OriginalStatusCode=status, OriginalMessage=message)


def _error(status: int, code: str, message: str, **fields: Any) -> Answer:
    headers = {"content-type": "application/json", "x-amzn-errortype": code}
    return Answer(status, headers, json.dumps({"Message": message, **fields}).encode())
