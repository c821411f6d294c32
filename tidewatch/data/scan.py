"""The profile of a whole table, counted by several threads over the bins of a reference."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import FeatureProfile, Profile, merge, profile
from tidewatch.core.profile.tally import Tallies, tallies
from tidewatch.data.chunk import Chunk
from tidewatch.data.dataset import Dataset
from tidewatch.data.good_rows import CorruptChunkError, GoodRows, good_rows
from tidewatch.data.quarantine import Quarantined, gathered

_COLUMNS_AT_ONCE = 8


@dataclass(frozen=True, eq=False)
class Scan:
    """A table's profile, and what of it was left out. read = profile.rows + quarantined."""

    profile: Profile
    quarantined: tuple[Quarantined, ...]


def workers_here() -> int:
    """How many threads may run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


OnRows: TypeAlias = Callable[[int, int], None]
"""Told, from time to time, how many rows are counted, and of how many: 0 where nobody knows."""


def unheard(done: int, total: int) -> None:
    """Tells nobody."""


def scan(
    dataset: Dataset,
    edges_from: Profile,
    workers: int | None = None,
    on_rows: OnRows = unheard,
) -> Scan:
    """Profiles every readable row of `dataset` over the bins of `edges_from`.

    Memory does not grow with the rows: every thread holds one piece of one column. A part that
    cannot be read is quarantined and the rest goes on. Results are merged in the order of the
    parts, so that sums are the same however many threads there are.
    """
    whole = profile([], edges_from)
    refused: list[Quarantined] = []
    threads = workers or workers_here()
    numeric = sum(kind is FeatureKind.NUMERIC for kind in edges_from.kinds.values())
    tally = tallies(numeric * dataset.rows_at_least)
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[_Counting] = deque()
        for chunk in dataset.chunks():
            waiting.append(_Counting(pool, chunk, edges_from, tally))
            if len(waiting) > threads + 1:
                whole = _merged(whole, waiting.popleft(), refused)
                on_rows(whole.rows, 0 if dataset.csv else dataset.rows_at_least)
        for counting in waiting:
            whole = _merged(whole, counting, refused)
    return Scan(whole, gathered([*dataset.quarantined, *refused]))


class _Counting:
    """One chunk, being counted a group of columns at a time."""

    def __init__(
        self, pool: ThreadPoolExecutor, chunk: Chunk, edges_from: Profile, tally: Tallies
    ) -> None:
        self._tally = tally
        self._rows: Future[GoodRows] = pool.submit(good_rows, chunk, edges_from.kinds)
        names = list(edges_from.features)
        starts = range(0, len(names), _COLUMNS_AT_ONCE)
        groups = (names[start : start + _COLUMNS_AT_ONCE] for start in starts)
        self._parts = [pool.submit(self._count, group, edges_from.features) for group in groups]

    def _count(
        self, names: list[str], like: Mapping[str, FeatureProfile]
    ) -> dict[str, FeatureProfile]:
        counted = {name: self._tally(like[name]) for name in names}
        for name, piece in self._rows.result().columns(names):
            counted[name].add(piece)
        return {name: done.profile() for name, done in counted.items()}

    def result(self) -> tuple[Profile, tuple[Quarantined, ...]]:
        """Waits. Raises CorruptChunkError where the chunk cannot be read."""
        rows = self._rows.result()
        features = {name: part for done in self._parts for name, part in done.result().items()}
        return Profile(rows.rows, features), rows.quarantined


def _merged(whole: Profile, counting: _Counting, refused: list[Quarantined]) -> Profile:
    try:
        part, quarantined = counting.result()
    except CorruptChunkError as error:
        refused.append(error.quarantined())
        return whole
    refused.extend(quarantined)
    return merge(whole, part)
