"""The two payloads of a capture record: a request or an answer, split into rows."""

from __future__ import annotations

import binascii
import csv
import io
from dataclasses import dataclass
from typing import Any, TypeAlias

from tidewatch.core.capture.envelope import load_json, text_in
from tidewatch.core.capture.rejection import Reason, RejectedError, shown

CSV = "text/csv"
JSON = "application/json"
_PLAIN = {"CSV": CSV, "JSON": JSON}

Fields: TypeAlias = list[str]
"""One row of a CSV payload."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a payload is written.

    `kind` is `text/csv` or `application/json`; `version` is the model version that the content
    type names, if it does.
    """

    kind: str
    version: str | None
    is_base64: bool


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload as text, and how to read it: see `Form`."""

    kind: str
    text: str
    version: str | None


def payload_of(side: dict[str, Any]) -> Payload:
    """The payload of `endpointInput` or `endpointOutput`.

    Raises RejectedError: missing_field, wrong_type, unsupported_encoding or undecodable_payload.
    """
    form = form_of(side)
    data = text_in(side, "data")
    return Payload(form.kind, from_base64(data) if form.is_base64 else data, form.version)


def form_of(side: dict[str, Any]) -> Form:
    """How the payload of `endpointInput` or `endpointOutput` is written.

    SageMaker notes CSV or JSON for content types that it was told of; all others are BASE64 and
    read by their content type. Raises RejectedError: missing_field, wrong_type or
    unsupported_encoding.
    """
    encoding, _ = text_in(side, "encoding"), text_in(side, "data")
    content_type = side.get("observedContentType")
    kind, version = _content_type(content_type) if isinstance(content_type, str) else ("", None)
    if encoding in _PLAIN:
        return Form(_PLAIN[encoding], version, is_base64=False)
    if encoding != "BASE64":
        found = f"encoding: expected CSV, JSON or BASE64, found {shown(encoding)}"
        raise RejectedError(Reason.UNSUPPORTED_ENCODING, found)
    if kind not in (CSV, JSON):
        found = f"BASE64 of {shown(content_type)}: expected {CSV} or {JSON}"
        raise RejectedError(Reason.UNSUPPORTED_ENCODING, found)
    return Form(kind, version, is_base64=True)


def rows_of(payload: Payload, name: str) -> list[Any]:
    """The rows: lists of text from CSV; from JSON whatever the list at `name` holds.

    Raises RejectedError: undecodable_payload, too_deep, missing_field or wrong_type.
    """
    return _csv_rows(payload.text) if payload.kind == CSV else _json_rows(payload.text, name)


def _content_type(text: str) -> tuple[str, str | None]:
    """The media type, and the parameter `version`.

    >>> _content_type("text/csv; charset=utf-8; version=3")
    ('text/csv', '3')
    """
    kind, *parameters = text.split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "version":
            return kind.strip().lower(), value.strip().strip('"') or None
    return kind.strip().lower(), None


def from_base64(data: str | bytes) -> str:
    """The text that `data` encodes. Raises RejectedError: undecodable_payload."""
    try:
        return binascii.a2b_base64(data, strict_mode=True).decode()
    except ValueError as error:  # binascii.Error and UnicodeDecodeError are both ValueErrors
        raise RejectedError(Reason.UNDECODABLE_PAYLOAD, f"expected BASE64: {error}") from error


def _csv_rows(text: str) -> list[Fields]:
    """Every line is a row; an empty one holds one empty field. The last line end ends the text."""
    if '"' not in text:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
        return [line.split(",") for line in lines] if text.strip("\r\n") else []
    try:
        return [fields or [""] for fields in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise RejectedError(Reason.UNDECODABLE_PAYLOAD, f"expected CSV: {error}") from error


def _json_rows(text: str, name: str) -> list[Any]:
    try:
        document = load_json(text)
    except RejectedError as error:
        if error.reason is Reason.TOO_DEEP:
            raise
        raise RejectedError(Reason.UNDECODABLE_PAYLOAD, error.detail) from error
    if not isinstance(document, dict) or name not in document:
        found = f"expected an object with {name!r}, found {shown(document)}"
        raise RejectedError(Reason.MISSING_FIELD, found)
    rows = document[name]
    if not isinstance(rows, list):
        raise RejectedError(Reason.WRONG_TYPE, f"{name}: expected a list, found {shown(rows)}")
    return rows
