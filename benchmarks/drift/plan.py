"""What is tried: sizes, shifts and seeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.drift.noise import SHAPES, SIZES, Pairs
from benchmarks.drift.unseen import Look

STORED_REFERENCE = 50_000
"""Rows of a baseline that was stored at training."""

UNSEEN_SIZES = (500, 2_000, 10_000)

EVIDENTLY_TARGET = 0.25
"""The one size of shift that Evidently is shown: a run of it takes a second and more."""

EVIDENTLY_LARGE_SEEDS = 3
"""Seeds that it is shown at 50,000 rows; it is not run on more rows."""


@dataclass(frozen=True)
class Trial:
    """One reference of `reference` rows and its windows of `rows` rows.

    One window has no drift; `targets` are the sizes of the shifts in the others: the true PSI, or
    the rise of the missing share. `evidently` says whether Evidently sees them too.
    """

    rows: int
    reference: int
    seed: int
    targets: tuple[float, ...]
    evidently: bool = False


@dataclass(frozen=True)
class Plan:
    """Every trial of a run, in rounds: a round is one seed of everything.

    `sizes` are the rows of a window, `seeds` the rounds. Windows without drift are drawn more
    often, until a size has `quiet_rows` rows of them or `quiet_most` windows. Evidently sees
    windows of up to `evidently_most` rows in the first `evidently_seeds` rounds. On `pairs` pairs a
    round the two noises are compared.
    """

    sizes: tuple[int, ...]
    seeds: int
    quiet_rows: int
    quiet_most: int
    evidently_most: int
    evidently_seeds: int
    pairs: int

    def trials(self, seed: int) -> Iterator[Trial]:
        """One round; the large ones first, so that no process is left with one at the end."""
        for rows in reversed(self.sizes):
            targets = (0.05, 0.1, 0.25, 0.5) if rows <= STORED_REFERENCE else (0.25,)
            on_evidently = rows <= self.evidently_most and seed < self.evidently_seeds
            on_evidently |= rows == STORED_REFERENCE and seed < EVIDENTLY_LARGE_SEEDS
            yield Trial(rows, rows, seed, targets, on_evidently)
            if rows < STORED_REFERENCE:
                yield Trial(rows, STORED_REFERENCE, seed, (0.25,))
            for more in range(seed + self.seeds, self._quiet(rows), self.seeds):
                yield Trial(rows, rows, more, ())
                if rows < STORED_REFERENCE and more < self.quiet_most // 2:
                    yield Trial(rows, STORED_REFERENCE, more, ())

    def looks(self, seed: int) -> Iterator[Look]:
        """The windows of shifts that no distance measures."""
        for rows in UNSEEN_SIZES:
            yield Look(rows, seed)

    def noises(self, seed: int) -> Iterator[Pairs]:
        """The pairs that the two noises are compared on."""
        for shape in SHAPES:
            for reference, rows in SIZES:
                yield Pairs(shape, reference, rows, self.pairs, seed)

    def _quiet(self, rows: int) -> int:
        """Seeds of windows without drift: more of the small, whose alarms are the question."""
        return min(max(self.quiet_rows // rows, self.seeds), self.quiet_most)


PLANS = {
    "full": Plan(
        sizes=(200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 200_000, 1_000_000),
        seeds=20,
        quiet_rows=2_000_000,
        quiet_most=200,
        evidently_most=10_000,
        evidently_seeds=10,
        pairs=200,
    ),
    "small": Plan(
        sizes=(200, 2_000, 10_000),
        seeds=2,
        quiet_rows=0,
        quiet_most=2,
        evidently_most=2_000,
        evidently_seeds=1,
        pairs=50,
    ),
}
