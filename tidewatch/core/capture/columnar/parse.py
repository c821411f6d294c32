"""A block of capture, parsed into columns: equal to `parse_capture_line`, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.core.capture.columnar.answers import answer_rows
from tidewatch.core.capture.columnar.lines import Lines, Mask, Positions, lines_of
from tidewatch.core.capture.columnar.moments import moments_of
from tidewatch.core.capture.columnar.payloads import payloads_of
from tidewatch.core.capture.columnar.requests import request_rows
from tidewatch.core.capture.columnar.template import Group, groups_of
from tidewatch.core.capture.columnar.texts import as_text, cut, has_escapes
from tidewatch.core.capture.record import PredictionRow, parse_capture_line
from tidewatch.core.capture.rejection import Rejection
from tidewatch.core.capture.spec import CaptureSpec
from tidewatch.core.capture.table import rows_to_table

LINE = "line"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A record that was refused, or one row of it; `text` is the record's line."""

    line: int
    text: bytes
    rejection: Rejection


@dataclass(frozen=True)
class ParsedCapture:
    """The good rows of a block, in its order, and what was refused.

    `rows` has the columns of `rows_to_table`; `lines` is the number of each row's line.
    """

    rows: pa.Table
    lines: pa.Int64Array
    refused: Sequence[RefusedRow]


@dataclass(frozen=True)
class _Part:
    """Good rows, with the line and the position in its record of each."""

    rows: pa.Table
    lines: Positions
    positions: Positions


def parse_capture(block: bytes, spec: CaptureSpec, first_line: int = 1) -> ParsedCapture:
    r"""Parses lines of a capture file; the first of them is number `first_line`.

    Never raises, whatever the bytes. Blank lines are counted and passed over.

    >>> from tidewatch.core.feature_kind import FeatureKind
    >>> spec = CaptureSpec({"x": FeatureKind.NUMERIC}, event_time="at")
    >>> parsed = parse_capture(b"\n[]\n", spec)
    >>> parsed.rows.num_rows, [(item.line, item.rejection.reason.value) for item in parsed.refused]
    (0, [(2, 'wrong_type')])
    """
    lines = lines_of(block, first_line)
    left = np.ones(len(lines.numbers), bool)
    parts: list[_Part] = []
    for group in groups_of(lines):
        part, good = _grouped(group, spec)
        parts.append(part)
        left[group.lines[good]] = False
    by_row, refused = _row_by_row(lines, np.flatnonzero(left), spec)
    merged = _in_order([*parts, by_row])
    return ParsedCapture(merged.rows, pa.array(merged.lines), refused)


def _grouped(group: Group, spec: CaptureSpec) -> tuple[_Part, Mask]:
    """The rows of the group's records that are good throughout, and which of them are."""
    ids, id_is_good = _ids(group)
    times, time_is_bad = moments_of(as_text(_strings(group, group.template.inference_time)))
    requests = request_rows(payloads_of(group, group.template.request), spec)
    answers = answer_rows(payloads_of(group, group.template.answer), spec)
    good = requests.good & answers.good & (requests.counts == answers.counts)
    good &= id_is_good & ~time_is_bad
    counts = requests.counts[good]
    records = np.repeat(np.flatnonzero(good), counts)
    positions = np.arange(len(records)) - np.repeat(np.cumsum(counts) - counts, counts)
    *features, event_times = requests.of(good)
    if len(records) != len(good) or not good.all():
        ids, times = ids.take(pa.array(records)), times.take(pa.array(records))
    if len(records) != len(counts):
        ids = _numbered(ids, positions, np.repeat(counts, counts) > 1)
    version = pa.scalar(group.template.answer.form.version, pa.string())
    columns = {
        "version": pa.repeat(version, len(records)),
        "inference_id": ids,
        "event_time": pc.coalesce(event_times, times),
        "inference_time": times,
        "score": answers.of(good)[0],
        **dict(zip(spec.features, features, strict=True)),
    }
    numbers = group.of.numbers[group.lines[records]]
    return _Part(pa.table(columns), numbers, positions), good


def _strings(group: Group, place: int) -> pa.BinaryArray:
    return cut(group.of.block, *group.string(place))


def _ids(group: Group) -> tuple[pa.StringArray, Mask]:
    texts = _strings(group, group.template.inference_id)
    is_full = pc.binary_length(texts).to_numpy(zero_copy_only=False) > 0
    return as_text(texts), is_full & ~has_escapes(texts)


def _numbered(ids: pa.StringArray, positions: Positions, is_one_of_several: Mask) -> pa.StringArray:
    numbered = pc.binary_join_element_wise(ids, pa.array(positions).cast(pa.string()), "#")
    return pc.if_else(pa.array(is_one_of_several), numbered, ids)


def _row_by_row(
    lines: Lines, which: Positions, spec: CaptureSpec
) -> tuple[_Part, list[RefusedRow]]:
    rows: list[PredictionRow] = []
    places: list[tuple[int, int]] = []
    refused: list[RefusedRow] = []
    for line in which.tolist():
        number, text = int(lines.numbers[line]), lines.text(line)
        for position, result in enumerate(parse_capture_line(text, spec)):
            if isinstance(result, Rejection):
                refused.append(RefusedRow(number, text, result))
            else:
                rows.append(result)
                places.append((number, position))
    where = np.array(places, np.int64).reshape(-1, 2)
    return _Part(rows_to_table(rows, spec), where[:, 0], where[:, 1]), refused


def _in_order(parts: Sequence[_Part]) -> _Part:
    full = [part for part in parts if part.rows.num_rows] or parts[-1:]
    if len(full) == 1:
        return full[0]
    lines = np.concatenate([part.lines for part in full])
    positions = np.concatenate([part.positions for part in full])
    order = np.lexsort((positions, lines))
    rows = pa.concat_tables([part.rows for part in full]).combine_chunks()
    return _Part(rows.take(pa.array(order)), lines[order], positions[order])
