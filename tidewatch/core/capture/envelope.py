"""JSON from outside: decoded within limits, its fields checked one by one."""

from __future__ import annotations

from typing import Any

import orjson

from tidewatch.core.capture.rejection import Reason, RejectedError, shown

MAX_BYTES = 64 * 1024 * 1024
"""A request and its answer are at most 25 MB each, a third more in BASE64."""

EVENT_VERSION = "0"


def load_json(data: bytes | str) -> Any:
    """The JSON in `data`. Raises RejectedError: too_large, not_utf8, too_deep or not_json."""
    if len(data) > MAX_BYTES:
        raise RejectedError(Reason.TOO_LARGE, f"found {len(data)} bytes; expected {MAX_BYTES}")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise RejectedError(_reason(data, error), f"expected JSON: {error}") from error


def _reason(data: bytes | str, error: orjson.JSONDecodeError) -> Reason:
    if "depth limit" in error.msg:  # orjson has no error of its own for nesting past 1024
        return Reason.TOO_DEEP
    if isinstance(data, bytes):
        try:
            data.decode()
        except UnicodeDecodeError:
            return Reason.NOT_UTF8
    return Reason.NOT_JSON


def load_event(line: bytes) -> dict[str, Any]:
    """The object in one line of a file that SageMaker writes or reads, of `EVENT_VERSION`."""
    event = load_json(line)
    if not isinstance(event, dict):
        raise RejectedError(Reason.WRONG_TYPE, f"expected an object, found {shown(event)}")
    version = event.get("eventVersion")
    if version != EVENT_VERSION:
        reason = Reason.MISSING_FIELD if version is None else Reason.UNSUPPORTED_VERSION
        detail = f"eventVersion: expected {EVENT_VERSION!r}, found {shown(version)}"
        raise RejectedError(reason, detail)
    return event


def object_in(parent: dict[str, Any], name: str) -> dict[str, Any]:
    """The object at `name`. Raises RejectedError: missing_field or wrong_type."""
    value = _present(parent, name)
    if not isinstance(value, dict):
        raise RejectedError(Reason.WRONG_TYPE, f"{name}: expected an object, found {shown(value)}")
    return value


def text_in(parent: dict[str, Any], name: str) -> str:
    """The text at `name`. Raises RejectedError: missing_field or wrong_type."""
    value = _present(parent, name)
    if not isinstance(value, str):
        raise RejectedError(Reason.WRONG_TYPE, f"{name}: expected text, found {shown(value)}")
    return value


def _present(parent: dict[str, Any], name: str) -> Any:
    value = parent.get(name)
    if value is None:
        raise RejectedError(Reason.MISSING_FIELD, f"expected a field {name!r}")
    return value
