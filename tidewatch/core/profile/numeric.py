"""The profile of a numeric feature."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tidewatch.core.errors import DataError, Fault
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile.arrays import floats
from tidewatch.core.profile.distinct import (
    Registers,
    estimate,
    hashes_of_numbers,
    no_values,
    registers_of,
)
from tidewatch.core.profile.document import packed, unpacked
from tidewatch.core.profile.edges import Edges, Fence, Floats


@dataclass(frozen=True, eq=False)
class NumericProfile:
    """Counts and sums over the bins of `edges`, with what stays out of them.

    `counts` and `sums` have shape `(bins,)`; a sum is of the values less `edges.origin`, and NaN
    where it left the range of floats. `m2` is the sum of squared deviations from the mean.
    `missing` counts nulls and NaN, `non_finite` both infinities; neither is in a bin. `minimum`
    and `maximum` are of the finite values, +inf and -inf where there is none. `registers` tell how
    many of them are distinct.
    """

    edges: Edges
    counts: NDArray[np.int64]
    sums: Floats
    m2: float
    minimum: float
    maximum: float
    missing: int
    non_finite: int
    registers: Registers

    @property
    def kind(self) -> FeatureKind:
        """Numeric."""
        return FeatureKind.NUMERIC

    @property
    def n(self) -> int:
        """How many values are finite, and so in a bin."""
        return int(self.counts.sum())

    @property
    def rows(self) -> int:
        """How many rows were seen, whatever they held."""
        return self.n + self.missing + self.non_finite

    @property
    def mean(self) -> float | None:
        """The mean of the finite values; None without one, or out of the range of floats."""
        return _known(self.edges.origin + float(self.sums.sum()) / self.n) if self.n else None

    @property
    def std(self) -> float | None:
        """Their standard deviation (population); None without one, or out of range."""
        return _known(math.sqrt(self.m2 / self.n)) if self.n else None

    @property
    def distinct(self) -> int | None:
        """How many distinct finite values there are, to about 1.6 %; None where not counted."""
        found = estimate(self.registers)
        return found if found or not self.n else None

    def quantile(self, share: float) -> float | None:
        """The value that `share` of the finite values do not exceed, to within its bin.

        Linear between the bin's ends, which the extremes cut off; None without a value. Raises
        ValueError where `share` is not in [0, 1].
        """
        if not 0 <= share <= 1:
            raise ValueError(f"a quantile's share lies in [0, 1], found {share}")
        if not self.n:
            return None
        below = np.concatenate([np.zeros(1), np.cumsum(self.counts)])
        ends = np.concatenate([[self.minimum], self.edges.fine, [self.maximum]])
        ends = np.clip(ends, self.minimum, self.maximum)
        filled = np.flatnonzero(np.diff(below))
        place = filled[np.searchsorted(below[filled + 1], share * self.n)]
        part = (share * self.n - below[place]) / self.counts[place]
        if self.edges.atoms[place]:
            return float(ends[place + 1])
        return float(ends[place] + part * (ends[place + 1] - ends[place]))

    def cells(self) -> NDArray[np.int64]:
        """The counts over the coarse cells: deciles of the reference, atoms apart."""
        return np.add.reduceat(self.counts, self.edges.cell_starts)

    @property
    def outliers(self) -> int | None:
        """How many values lie outside the reference's outlier fence; the infinities do.

        None where the reference had no value to set a fence by.
        """
        if self.edges.outlier_fence is None:
            return None
        low, high = self.edges.outlier_fence
        inside = int(self.counts[low + 1 : high + 1].sum())
        return self.n - inside + self.non_finite

    def to_document(self) -> dict[str, Any]:
        """The profile as JSON-ready data."""
        edges = self.edges
        return {
            "kind": self.kind.value,
            "edges": {
                "fine": edges.fine,
                "coarse": edges.coarse,
                "tukey": edges.tukey,
                "sigma": edges.sigma,
                "origin": edges.origin,
            },
            "counts": self.counts,
            "sums": self.sums,
            "m2": self.m2,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "missing": self.missing,
            "non_finite": self.non_finite,
            "registers": packed(self.registers),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> NumericProfile:
        """The inverse of `to_document`. Raises KeyError, TypeError or ValueError on other data."""
        edges = _edges(document["edges"])
        counts = np.array(document["counts"], dtype=np.int64)
        sums = np.array(document["sums"], dtype=np.float64)
        if counts.shape != (edges.bins,) or sums.shape != (edges.bins,) or (counts < 0).any():
            raise ValueError(f"expected {edges.bins} counts and sums of a numeric feature")
        return cls(
            edges=edges,
            counts=counts,
            sums=sums,
            m2=_or(document["m2"], math.nan),
            minimum=_or(document["minimum"], math.inf),
            maximum=_or(document["maximum"], -math.inf),
            missing=int(document["missing"]),
            non_finite=int(document["non_finite"]),
            registers=unpacked(document.get("registers"), no_values()),
        )


def empty_numeric(edges: Edges) -> NumericProfile:
    """The profile of no rows: what merging starts from."""
    return _summarise(np.empty(0), edges, missing=0, non_finite=0)


def count_numeric(column: pa.Array, edges: Edges) -> NumericProfile:
    """The profile of one column. Raises DataError where it is not numeric."""
    return count_sorted(sorted_values(column), edges)


def sorted_values(column: pa.Array) -> Floats:
    """The column as float64, sorted: -inf, the finite values, +inf, then nulls as NaN.

    Raises DataError where the column is not numeric.
    """
    values = floats(as_floats(column))
    values.sort()
    return values


def as_floats(column: pa.Array) -> pa.Array:
    """The column as float64. Raises DataError where it is not numeric."""
    kind = column.type
    if pa.types.is_float64(kind):
        return column
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.float64())
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise DataError(
            Fault(
                "a numeric feature",
                f"a column of type {kind}",
                "integers, floats, decimals or booleans",
                "cast the column, or declare the feature categorical",
            )
        )
    return column.cast(pa.float64(), safe=False)


def count_sorted(values: Floats, edges: Edges) -> NumericProfile:
    """The profile of values sorted as `sorted_values` returns them."""
    first = int(np.searchsorted(values, -np.inf, side="right"))
    last = int(np.searchsorted(values, np.inf, side="left"))
    known = int(np.searchsorted(values, np.nan, side="left"))
    return _summarise(
        values[first:last],
        edges,
        missing=len(values) - known,
        non_finite=first + known - last,
    )


def _summarise(values: Floats, edges: Edges, *, missing: int, non_finite: int) -> NumericProfile:
    n = len(values)
    bounds = np.searchsorted(values, edges.fine, side="right")
    starts = np.concatenate([np.zeros(1, dtype=np.int64), bounds])
    counts = np.diff(starts, append=n)
    filled = np.flatnonzero(counts)
    sums, m2 = np.zeros(edges.bins), 0.0
    if n:
        with np.errstate(over="ignore", invalid="ignore"):
            sums[filled] = np.add.reduceat(values - edges.origin, starts[filled])
            deviations = values - values[n // 2]  # the origin may lie far away
            deviations -= deviations.mean()
            m2 = float(np.square(deviations, out=deviations).sum())
    return NumericProfile(
        edges=edges,
        counts=counts,
        sums=np.where(np.isfinite(sums), sums, np.nan),
        m2=m2 if math.isfinite(m2) else math.nan,
        minimum=float(values[0]) if n else math.inf,
        maximum=float(values[-1]) if n else -math.inf,
        missing=missing,
        non_finite=non_finite,
        registers=registers_of(hashes_of_numbers(_distinct(values))),
    )


def _distinct(values: Floats) -> Floats:
    """Sorted values without their repetitions."""
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def merge_numeric(a: NumericProfile, b: NumericProfile) -> NumericProfile:
    """The profile of both samples' rows. The edges must be the same."""
    return NumericProfile(
        edges=a.edges,
        counts=a.counts + b.counts,
        sums=_added(a.sums, b.sums),
        m2=_merged_m2(a, b),
        minimum=min(a.minimum, b.minimum),
        maximum=max(a.maximum, b.maximum),
        missing=a.missing + b.missing,
        non_finite=a.non_finite + b.non_finite,
        registers=np.maximum(a.registers, b.registers),
    )


def _added(a: Floats, b: Floats) -> Floats:
    with np.errstate(over="ignore"):
        sums = a + b
    return np.where(np.isfinite(sums), sums, np.nan)


def _merged_m2(a: NumericProfile, b: NumericProfile) -> float:
    """Chan, Golub and LeVeque's update of the sum of squared deviations, 1979."""
    n, m = a.n, b.n
    if not (n and m):
        return a.m2 + b.m2
    with np.errstate(over="ignore", invalid="ignore"):
        apart = b.sums.sum() / m - a.sums.sum() / n
        m2 = float(a.m2 + b.m2 + apart * apart * (n * m / (n + m)))
    return m2 if math.isfinite(m2) else math.nan


def _edges(document: Mapping[str, Any]) -> Edges:
    edges = Edges(
        fine=np.array(document["fine"], dtype=np.float64),
        coarse=np.array(document["coarse"], dtype=np.int64),
        tukey=_fence(document["tukey"]),
        sigma=_fence(document["sigma"]),
        origin=float(document["origin"]),
    )
    if edges.fine.ndim != 1 or not (edges.fine[1:] > edges.fine[:-1]).all():
        raise ValueError("expected edges that rise")
    if any(not 0 <= position < len(edges.fine) for position in edges.coarse):
        raise ValueError("expected coarse edges among the fine ones")
    return edges


def _fence(document: list[int] | None) -> Fence | None:
    if document is None:
        return None
    low, high = document
    return int(low), int(high)


def _or(value: float | None, absent: float) -> float:
    """JSON has no NaN and no infinities: they are written as null."""
    return absent if value is None else float(value)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
