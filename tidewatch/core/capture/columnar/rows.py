"""The rows of many payloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tidewatch.core.capture.columnar.lines import Mask, Positions


@dataclass(frozen=True)
class Rows:
    """The rows of payloads, end to end in `columns`; payload i has `counts[i]` of them.

    Payloads whose rows are not all proven good are not `good`, and have none: they are the row
    parser's.
    """

    columns: tuple[pa.Array, ...]
    counts: Positions
    good: Mask

    def of(self, payloads: Mask) -> tuple[pa.Array, ...]:
        """The columns, of the rows of some payloads."""
        if payloads.all():
            return self.columns
        keep = pa.array(np.repeat(payloads, self.counts))
        return tuple(column.filter(keep) for column in self.columns)


def together(parts: Sequence[Rows]) -> Rows:
    """The rows of the payloads of all parts."""
    if len(parts) == 1:
        return parts[0]
    return Rows(
        columns=tuple(
            pa.concat_arrays(columns)
            for columns in zip(*(part.columns for part in parts), strict=True)
        ),
        counts=np.concatenate([part.counts for part in parts]),
        good=np.concatenate([part.good for part in parts]),
    )
