"""Profiles of one window's rows, per subject, built while the rows stream by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.aws.baselines import Baselines
from tidewatch.core.errors import BaselineError, DataError, Fault
from tidewatch.core.profile import Baseline, Profile, merge, profile
from tidewatch.monitoring.judged_window import Subject

# Parts are gathered up to so many rows: profiling many rows at once is cheaper than merging.
_ROWS_AT_ONCE = 65_536


@dataclass
class SubjectProfiles:
    """What was seen of one subject, over the bins of its own version's baseline."""

    baseline: Baseline
    features: Profile
    score: Profile
    _waiting: list[pa.RecordBatch] = field(default_factory=list)

    @classmethod
    def empty(cls, baseline: Baseline) -> SubjectProfiles:
        """Before the first row."""
        return cls(baseline, profile([], baseline.features), profile([], baseline.score))

    def add(self, rows: pa.RecordBatch) -> None:
        """Takes in rows, now or a little later; `finish` takes in what waits."""
        self._waiting.append(rows)
        if sum(part.num_rows for part in self._waiting) >= _ROWS_AT_ONCE:
            self.finish()

    def finish(self) -> None:
        """Takes in the rows that wait."""
        if not self._waiting:
            return
        rows = pa.Table.from_batches(self._waiting).combine_chunks()
        self.features = merge(self.features, profile(rows, self.baseline.features))
        self.score = merge(self.score, profile(rows, self.baseline.score))
        self._waiting = []


@dataclass(frozen=True)
class WindowProfiles:
    """The profiles of a window's subjects, and a fault for each that cannot be profiled."""

    subjects: dict[Subject, SubjectProfiles]
    faults: tuple[Fault, ...]


def profile_window(rows: Iterable[pa.RecordBatch], baselines: Baselines) -> WindowProfiles:
    """Streams `rows`, which have version, variant, score and features.

    Each subject is profiled over its own version's baseline; one without a usable baseline does
    not keep the others from being profiled.
    """
    subjects: dict[Subject, SubjectProfiles] = {}
    faults: dict[Subject, tuple[Fault, ...]] = {}
    for batch in rows:
        for subject, part in _by_subject(batch):
            if subject in faults:
                continue
            try:
                if subject not in subjects:
                    subjects[subject] = SubjectProfiles.empty(baselines.of(subject.version))
                subjects[subject].add(part)
            except (BaselineError, DataError) as error:
                faults[subject] = error.faults
                subjects.pop(subject, None)
    for subject, profiles in list(subjects.items()):
        try:
            profiles.finish()
        except DataError as error:
            faults[subject] = error.faults
            del subjects[subject]
    return WindowProfiles(
        subjects, tuple(dict.fromkeys(f for some in faults.values() for f in some))
    )


def _by_subject(batch: pa.RecordBatch) -> Iterator[tuple[Subject, pa.RecordBatch]]:
    pairs = pa.Table.from_batches([batch.select(["version", "variant"])])
    for pair in pairs.group_by(["version", "variant"]).aggregate([]).to_pylist():
        subject = Subject(pair["version"], pair["variant"])
        mask = pc.and_(
            pc.equal(batch["version"], subject.version), pc.equal(batch["variant"], subject.variant)
        )
        yield subject, batch.filter(mask)
