"""The rows of many payloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tidewatch.core.capture.columnar.lines import Mask, Positions

Columns = Sequence[pa.Array]


@dataclass(frozen=True)
class Rows:
    """The rows of payloads, end to end in `columns`; payload i has `counts[i]` of them.

    Payloads whose rows are not all proven good are not `good`: they are the row parser's.
    """

    columns: Columns
    counts: Positions
    good: Mask

    @classmethod
    def of_good(cls, columns: Columns, counts: Positions, bad: Mask) -> Rows:
        """The rows of payloads that have rows, but for those with a `bad` row."""
        good = counts > 0
        if bad.any():
            good[np.repeat(np.arange(len(counts)), counts)[bad]] = False
        return cls(columns, counts, good)

    def of(self, payloads: Mask) -> Columns:
        """The columns, of the rows of some payloads."""
        if payloads.all():
            return self.columns
        keep = pa.array(np.repeat(payloads, self.counts))
        return [column.filter(keep) for column in self.columns]


def interleaved(left: Rows, right: Rows, is_left: Mask) -> Rows:
    """The rows of all payloads, of which those where `is_left` are `left`'s, in their order."""
    counts, good = np.empty(len(is_left), np.int64), np.empty(len(is_left), bool)
    counts[is_left], counts[~is_left] = left.counts, right.counts
    good[is_left], good[~is_left] = left.good, right.good
    payloads = np.concatenate((np.flatnonzero(is_left), np.flatnonzero(~is_left)))
    rows = np.repeat(payloads, np.concatenate((left.counts, right.counts)))
    order = pa.array(np.argsort(rows, kind="stable"))
    columns = [
        pa.concat_arrays(pair).take(order) for pair in zip(left.columns, right.columns, strict=True)
    ]
    return Rows(columns, counts, good)
