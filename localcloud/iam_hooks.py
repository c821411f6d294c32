"""Where our IAM knowledge enters ministack's own request path."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, quote

import cbor2
from ministack import app as ministack_app
from ministack.core import iam_actions, iam_evaluator, responses
from ministack.core.router import extract_access_key_id

from localcloud import proxy
from localcloud.iam import arn

NAMESPACE_KEY = "cloudwatch:namespace"
SOURCE_KEY = "events:source"


def install() -> None:
    """Mend what ministack evaluates wrongly."""
    _loopback_is_secure()
    _know_condition_keys()
    _assume_in_this_account()
    _name_alarms()


def pin_caller(scope: dict[str, Any], body: bytes) -> None:
    """Prepare a request that ministack's own routes never see for its signature and IAM checks."""
    query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
    headers = proxy.headers(scope)
    responses.set_request_account_id(extract_access_key_id(headers, query))
    responses.set_request_region(None)
    raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
    iam_evaluator.pin_request_origin("127.0.0.1", True)
    iam_evaluator.pin_signed_request(
        scope["method"], raw_path.decode("latin-1"), query, scope["headers"]
    )
    iam_evaluator.pin_signed_body(body)


def _loopback_is_secure() -> None:
    """Count the loopback interface as encrypted, so that `enforce_ssl` policies hold and pass.

    Nothing leaves this machine; every request comes over 127.0.0.1 (the gateway binds nothing
    else).
    """
    original = iam_evaluator.pin_request_origin

    def pin(source_ip: str, secure_transport: bool) -> None:
        original(source_ip, secure_transport or source_ip == "127.0.0.1")

    ministack_app.pin_request_origin = pin
    iam_evaluator.pin_request_origin = pin


def _know_condition_keys() -> None:
    """Resolve the keys that narrow PutMetricData and PutEvents, without which both are denied."""
    original = iam_actions.request_tag_context

    def context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> Any:
        found = dict(original(service, iam_action, body, params))
        if service == "monitoring":
            namespace = metric_namespace(body, params)
            if namespace:
                found[NAMESPACE_KEY] = namespace
        if service == "events" and iam_action == "events:PutEvents":
            found[SOURCE_KEY] = event_source(body)
        return found

    iam_actions.request_tag_context = context


def _assume_in_this_account() -> None:
    """Give trust policies the account for which a service assumes a role.

    Services are played by the account's root here, and ministack lets root through where a policy
    trusts a service; without the key, every `aws:SourceAccount` condition would fail.
    """
    original = iam_evaluator.evaluate_trust_policy

    def evaluate(
        document: str | dict[str, Any],
        caller: str,
        context: iam_evaluator.EvalContext | None = None,
    ) -> bool:
        if context is not None and context.principal_type == "Root":
            context.service_context.setdefault("aws:sourceaccount", context.principal_account)
        return bool(original(document, caller, context))

    iam_evaluator.evaluate_trust_policy = evaluate


def _name_alarms() -> None:
    """Check DescribeAlarms on the alarm it asks for: ministack takes it to ask for all."""
    original = iam_actions.extract_resource_arn

    def extract(service: str, *request: Any) -> str:
        found = str(original(service, *request))
        body = request[3] if service == "monitoring" else b""
        names = _alarm_names(body) if b"AlarmNames" in body else []
        return arn("cloudwatch", f"alarm:{names[0]}") if names else found

    iam_actions.extract_resource_arn = extract


def _alarm_names(body: bytes) -> list[str]:
    if body[:1] == b"{":
        return list(json.loads(body)["AlarmNames"])
    if b"AlarmNames.member." in body:
        form = parse_qs(body.decode())
        return [value for key in form if "AlarmNames" in key for value in form[key]]
    return list(cbor2.loads(body)["AlarmNames"])


def metric_namespace(body: bytes, params: dict[str, Any]) -> str | None:
    """The namespace of a CloudWatch request, whichever of its three protocols it came in."""
    given = params.get("Namespace")
    if given:
        return str(given[0] if isinstance(given, list) else given)
    if body[:1] == b"{":
        return _text(json.loads(body).get("Namespace"))
    form = parse_qs(body.decode("utf-8", "replace")) if b"Namespace=" in body else {}
    if "Namespace" in form:
        return form["Namespace"][0]
    return _text(cbor2.loads(body).get("Namespace")) if body else None


def event_source(body: bytes) -> str:
    """The source of a PutEvents request; several, joined, are none that a policy could name."""
    entries = json.loads(body).get("Entries") or []
    return " ".join(sorted({str(entry.get("Source")) for entry in entries}))


def _text(value: object) -> str | None:
    return str(value) if value else None
