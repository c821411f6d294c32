"""The payloads of a group's records, as they are read together or one by one."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tidewatch.core.capture.columnar.template import Group, Side
from tidewatch.core.capture.columnar.texts import (
    CsvTexts,
    csv_in_bytes,
    csv_in_json,
    cut,
    unescaped,
)
from tidewatch.core.capture.payload import CSV, Form, Payload


@dataclass(frozen=True)
class Payloads:
    """Payloads: `csv` has all of them end to end if that is what they are."""

    csv: CsvTexts | None
    each: Callable[[int, int], Sequence[Payload | None]]
    """Those from one to before another; None where one cannot be decoded."""
    count: int

    def __len__(self) -> int:
        return self.count


def payloads_of(group: Group, side: Side) -> Payloads:
    """The requests, or the answers, of the group's records."""
    starts, ends = group.string(side.place)
    if side.form.is_base64:
        return _encoded(cut(group.of.block, starts, ends).to_pylist(), side.form)

    def each(first: int, last: int) -> list[Payload | None]:
        texts = cut(group.of.block, starts[first:last], ends[first:last]).to_pylist()
        return [_payload(unescaped(text), side.form) for text in texts]

    csv = csv_in_json(group.of.block, starts, ends) if side.form.kind == CSV else None
    return Payloads(csv, each, len(starts))


def _payload(text: bytes, form: Form) -> Payload:
    return Payload(form.kind, text.decode(), form.version)


def _encoded(texts: Sequence[bytes], form: Form) -> Payloads:
    raw = [_decoded(text) for text in texts]

    def each(first: int, last: int) -> list[Payload | None]:
        return [None if text is None else _payload(text, form) for text in raw[first:last]]

    csv = csv_in_bytes([text or b"" for text in raw]) if form.kind == CSV else None
    return Payloads(csv, each, len(raw))


def _decoded(text: bytes) -> bytes | None:
    """What the BASE64 `text` encodes, if it does, and in UTF-8."""
    try:
        raw = base64.b64decode(text, validate=True)
        if not raw.isascii():
            raw.decode()
    except ValueError:  # binascii.Error and UnicodeDecodeError are both ValueErrors
        return None
    return raw
