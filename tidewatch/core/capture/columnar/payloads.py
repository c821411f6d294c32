"""The payloads of a group's records, as they are read together or one by one."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from tidewatch.core.capture.columnar.csv_texts import CsvTexts, csv_in_bytes, csv_in_json
from tidewatch.core.capture.columnar.lines import Positions
from tidewatch.core.capture.columnar.template import Group, Side
from tidewatch.core.capture.columnar.texts import cut
from tidewatch.core.capture.payload import CSV, Form, Payload


@dataclass(frozen=True)
class Payloads:
    """Payloads; `csv` has all of them end to end if that is what they are."""

    csv: CsvTexts | None
    at: Callable[[Positions], Sequence[Payload | None]]
    """Those at some positions; None for one that cannot be decoded."""
    count: int

    def __len__(self) -> int:
        return self.count


def payloads_of(group: Group, side: Side) -> Payloads:
    """The requests, or the answers, of the group's records."""
    starts, ends = group.string(side.place)
    form = side.form
    if form.is_base64:
        return _encoded(cut(group.of.block, starts, ends).to_pylist(), form)

    def at(which: Positions) -> list[Payload | None]:
        texts = cut(group.of.block, starts[which], ends[which]).to_pylist()
        # Strings of regular lines: in a list they are JSON as much as each of them in its line.
        return [
            Payload(form.kind, text, form.version)
            for text in orjson.loads(b'["' + b'","'.join(texts) + b'"]' if texts else b"[]")
        ]

    csv = csv_in_json(group.of.block, starts, ends) if form.kind == CSV else None
    return Payloads(csv, at, len(starts))


def _encoded(texts: Sequence[bytes], form: Form) -> Payloads:
    raw = [_decoded(text) for text in texts]

    def at(which: Positions) -> list[Payload | None]:
        return [
            None if raw[place] is None else Payload(form.kind, raw[place].decode(), form.version)
            for place in which.tolist()
        ]

    csv = csv_in_bytes([text or b"" for text in raw]) if form.kind == CSV else None
    return Payloads(csv, at, len(raw))


def _decoded(text: bytes) -> bytes | None:
    """What the BASE64 `text` encodes, if it does, and in UTF-8."""
    try:
        raw = binascii.a2b_base64(text, strict_mode=True)
        if not raw.isascii():
            raw.decode()
    except ValueError:  # binascii.Error and UnicodeDecodeError are both ValueErrors
        return None
    return raw
