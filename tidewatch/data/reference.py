"""The profile of a reference table, which chooses the bins.

A column at a time where the file's types allow it: its values are sorted, and the quantiles are
exact up to `sample.LIMIT` rows. A longer one is read twice: a uniform sample chooses the bins, then
all its rows are counted. So memory is bounded either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa

from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import FeatureProfile, Profile
from tidewatch.core.profile.build import numeric_reference
from tidewatch.core.profile.category_totals import CategoryTotals
from tidewatch.core.profile.edges import BINS
from tidewatch.core.profile.numeric import sorted_values
from tidewatch.core.profile.tally import tallies
from tidewatch.data.dataset import Dataset
from tidewatch.data.good_rows import CorruptChunkError, GoodRows, good_rows
from tidewatch.data.quarantine import Quarantined, gathered
from tidewatch.data.readable import is_plain
from tidewatch.data.sample import LIMIT, NumericSample
from tidewatch.data.scan import Scan, workers_here

Kinds = Mapping[str, FeatureKind]


def reference_scan(
    dataset: Dataset, kinds: Kinds, bins: int = BINS, workers: int | None = None
) -> Scan:
    """Profiles `dataset` over bins of its own: about `bins` a numeric feature."""
    refused: list[Quarantined] = []
    while True:
        try:
            return _attempt(_Reading(dataset, kinds, bins), refused, workers or workers_here())
        except CorruptChunkError as error:
            refused.append(error.quarantined())
            dataset.leave_out(error.chunk)


@dataclass(frozen=True)
class _Reading:
    dataset: Dataset
    kinds: Kinds
    bins: int

    def groups(self) -> list[list[str]]:
        """Features that are read together: each alone, unless rows must be checked first."""
        if self.dataset.is_columnar and all(
            is_plain(kind, group.types[name])
            for group in self.dataset.parts
            for name, kind in self.kinds.items()
            if name in group.types
        ):
            return [[name] for name in self.kinds]
        return [list(self.kinds)]

    def rows(self, names: Sequence[str]) -> Iterator[GoodRows]:
        """Every chunk; only the features `names` are checked."""
        kinds = {name: self.kinds[name] for name in names}
        for chunk in self.dataset.chunks():
            yield good_rows(chunk, kinds)


def _attempt(reading: _Reading, refused: list[Quarantined], workers: int) -> Scan:
    groups = reading.groups() or [[]]
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(lambda names: _profile(reading, names), groups))
    features = {name: feature for part in parts for name, feature in part.features.items()}
    ordered = {name: features[name] for name in reading.kinds}
    quarantined = [*reading.dataset.quarantined, *refused, *parts[0].quarantined]
    return Scan(Profile(parts[0].rows, ordered), gathered(quarantined))


@dataclass(frozen=True)
class _Group:
    rows: int
    features: dict[str, FeatureProfile]
    quarantined: list[Quarantined]


def _profile(reading: _Reading, names: list[str]) -> _Group:
    limit = max(LIMIT // len(names), 1) if len(names) > 1 else LIMIT
    samples = {
        name: NumericSample(limit)
        if reading.kinds[name] is FeatureKind.NUMERIC
        else CategoryTotals()
        for name in names
    }
    rows, quarantined = 0, list[Quarantined]()
    for good in reading.rows(names):
        rows += good.rows
        quarantined.extend(good.quarantined)
        for name, piece in good.columns(names):
            _take(samples[name], piece)
    features: dict[str, FeatureProfile] = {}
    unfinished: dict[str, FeatureProfile] = {}
    for name, sample in samples.items():
        if isinstance(sample, NumericSample):
            made: FeatureProfile = numeric_reference(sample.sorted(), reading.bins)
        else:
            made = sample.profile()
        (features if sample.is_complete else unfinished)[name] = made
    features |= _counted(reading, names, unfinished)
    return _Group(rows, features, quarantined)


def _sample(kind: FeatureKind, limit: int) -> NumericSample | CategoryTotals:
    return NumericSample(limit) if kind is FeatureKind.NUMERIC else CategoryTotals()


def _take(sample: NumericSample | CategoryTotals, piece: pa.Array) -> None:
    sample.add(sorted_values(piece) if isinstance(sample, NumericSample) else piece)


def _counted(
    reading: _Reading, names: list[str], like: Mapping[str, FeatureProfile]
) -> dict[str, FeatureProfile]:
    """All rows of the features in `like`, counted over bins that are known by now."""
    tally = tallies(len(like) * reading.dataset.rows_at_least)
    counted = {name: tally(feature) for name, feature in like.items()}
    for good in reading.rows(names) if counted else ():
        for name, piece in good.columns(list(like)):
            counted[name].add(piece)
    return {name: done.profile() for name, done in counted.items()}
