"""KS and Wasserstein without bins: both samples sorted, value against value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from tidewatch.core.distances.feature import Statistics
from tidewatch.core.distances.kolmogorov_smirnov import ks_p_value
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile.edges import Floats
from tidewatch.core.profile.numeric import sorted_values
from tidewatch.data.dataset import Dataset
from tidewatch.data.good_rows import CorruptChunkError, good_rows
from tidewatch.data.scan import workers_here

Kinds = Mapping[str, FeatureKind]


@dataclass(frozen=True)
class ExactDistances:
    """The Kolmogorov-Smirnov statistic, and the Wasserstein distance in the values' own unit.

    The distance is None where floats do not reach that far.
    """

    ks: float
    wasserstein: float | None


def exact_distances(reference: Floats, current: Floats) -> ExactDistances | None:
    """Compares two samples: sorted and finite, shapes `(n,)` and `(m,)`. None where one is empty.

    >>> exact_distances(np.array([0.0, 1.0]), np.array([0.0, 3.0]))
    ExactDistances(ks=0.5, wasserstein=1.0)
    """
    n, m = len(reference), len(current)
    if not (n and m):
        return None
    values = np.concatenate([reference, current])
    order = np.argsort(values, kind="stable")  # merges two sorted runs in linear time
    values = values[order]
    of_current = np.cumsum(order >= n)
    gap = np.abs((np.arange(1, n + m + 1) - of_current) / n - of_current / m)
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.diff(values)
        area = float(gap[:-1] @ steps)
    last = np.append(steps != 0, True)  # of equal values only the last sees all of them
    return ExactDistances(float(gap[last].max()), area if np.isfinite(area) else None)


def with_exact(
    statistics: Mapping[str, Statistics], reference: Dataset, current: Dataset, kinds: Kinds
) -> dict[str, Statistics]:
    """`statistics`, by feature, with exact KS and Wasserstein where the feature is numeric.

    A column of each table at a time is held in memory; of CSV files, all columns.
    """
    numeric = [name for name, kind in kinds.items() if kind is FeatureKind.NUMERIC]
    together = not (reference.is_columnar and current.is_columnar)
    groups = [numeric] if together else [[name] for name in numeric]

    def measure(names: list[str]) -> dict[str, Statistics]:
        before, now = _values(reference, kinds, names), _values(current, kinds, names)
        return {
            name: _replaced(statistics[name], before.pop(name), now.pop(name)) for name in names
        }

    with ThreadPoolExecutor(workers_here()) as pool:
        found = {name: item for part in pool.map(measure, groups) for name, item in part.items()}
    return {name: found.get(name, item) for name, item in statistics.items()}


def _replaced(statistics: Statistics, reference: Floats, current: Floats) -> Statistics:
    exact = exact_distances(reference, current)
    if exact is None:
        return statistics
    normalised = None
    if (
        exact.wasserstein is not None
        and statistics.wasserstein
        and statistics.wasserstein_normalised
    ):
        deviation = statistics.wasserstein / statistics.wasserstein_normalised
        normalised = exact.wasserstein / deviation
    return replace(
        statistics,
        ks=exact.ks,
        ks_upper=exact.ks,
        ks_p_value=ks_p_value(exact.ks, len(reference), len(current)),
        wasserstein=exact.wasserstein,
        wasserstein_normalised=normalised,
    )


def _values(dataset: Dataset, kinds: Kinds, names: list[str]) -> dict[str, Floats]:
    """The finite values of each feature, sorted."""
    parts: dict[str, list[Floats]] = {name: [] for name in names}
    for name, piece in _pieces(dataset, kinds, names):
        parts[name].append(piece)
    found: dict[str, Floats] = {}
    for name in names:
        values = np.concatenate([np.empty(0), *parts.pop(name)])
        values = values[np.isfinite(values)]
        values.sort(kind="stable")  # the pieces are sorted runs
        found[name] = values
    return found


def _pieces(dataset: Dataset, kinds: Kinds, names: list[str]) -> Iterator[tuple[str, Floats]]:
    for chunk in dataset.chunks():
        try:
            rows = good_rows(chunk, kinds)
            found = [(name, sorted_values(piece)) for name, piece in rows.columns(names)]
        except CorruptChunkError:  # counted where the chunk was profiled
            continue
        yield from found
