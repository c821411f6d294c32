"""Rows of a capture file as the prediction log holds them, and what is wrong with others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from monitoring_jobs.prediction_log.clock import Clock, Mask
from monitoring_jobs.prediction_log.intake import Refused
from tidewatch.core.capture import ParsedBlock
from tidewatch.monitoring.judged_window import Subject

_VERSION = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Source:
    """An object of captures of `model`. `serves` answers where an answer does not say who did."""

    key: str
    model: str
    serves: Subject


@dataclass(frozen=True)
class CapturedRows:
    """Good rows of `source`, which were read from the lines of `of`."""

    source: Source
    table: pa.Table
    of: ParsedBlock

    def refused(self, row: int, reason: str, detail: str) -> Refused:
        """The row, for the quarantine."""
        line = self.table["line"][row].as_py()
        return Refused(self.source.key, line, reason, detail, self._text(line), self.source.serves)

    def _text(self, line: int) -> bytes:
        at = line - self.of.first_line
        start = self._line_ends[at - 1] + 1 if at else 0
        end = self._line_ends[at] if at < len(self._line_ends) else len(self.of.block)
        return self.of.block[start:end]

    @cached_property
    def _line_ends(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.frombuffer(self.of.block, np.uint8) == b"\n"[0])


def captured_rows(
    source: Source, block: ParsedBlock, clock: Clock
) -> tuple[CapturedRows, list[Refused]]:
    """The rows of a block that the log may hold, and those that are refused."""
    read = CapturedRows(source, _as_logged(source, block), block)
    problems = _problems(read.table, clock)
    refused = [
        Refused(source.key, item.line, item.rejection.reason.value, item.rejection.detail,
                item.text, source.serves)
        for item in block.parsed.refused
    ]  # fmt: skip
    refused += [
        read.refused(int(row), reason, _detail(reason, read.table, int(row)))
        for reason, which in problems.items()
        for row in np.flatnonzero(which)
    ]
    good = ~np.logical_or.reduce(list(problems.values()))
    table = read.table if good.all() else read.table.filter(pa.array(good))
    return CapturedRows(source, table, block), refused


def _as_logged(source: Source, block: ParsedBlock) -> pa.Table:
    rows, count = block.parsed.rows, block.parsed.rows.num_rows
    columns = {name: rows[name] for name in rows.column_names}
    serves = pa.scalar(source.serves.version, pa.string())
    return pa.table(
        columns
        | {
            "model": pa.repeat(source.model, count),
            "version": pc.coalesce(rows["version"], serves),
            "variant": pa.repeat(source.serves.variant, count),
            "source": pa.repeat(source.key, count),
            "line": block.parsed.lines,
            "day": rows["event_time"].cast(pa.date32()),
        }
    )


def _problems(rows: pa.Table, clock: Clock) -> dict[str, Mask]:
    """What only this job can know to be wrong with rows; of several reasons the first counts."""
    implausible = clock.implausible(rows["event_time"])
    skewed = clock.skewed(rows["event_time"], rows["inference_time"]) & ~implausible
    unknown = _is_unknown(rows["version"]) & ~implausible & ~skewed
    return {
        "implausible_event_time": implausible,
        "clock_skew": skewed,
        "unknown_version": unknown,
    }


def _is_unknown(versions: pa.ChunkedArray) -> Mask:
    bad = [item for item in pc.unique(versions).to_pylist() if not _VERSION.fullmatch(item)]
    found: Mask = pc.is_in(versions, value_set=pa.array(bad, pa.string())).to_numpy()
    return found.astype(bool)


def _detail(reason: str, rows: pa.Table, row: int) -> str:
    event, inference, version = (
        rows[name][row].as_py() for name in ("event_time", "inference_time", "version")
    )
    if reason == "unknown_version":
        return f"version {version!r}; expected a model package's number"
    if reason == "clock_skew":
        return f"event time {event}, inference time {inference}; expected them nearer"
    return f"event time {event}; expected one from 1970 to 2199"
