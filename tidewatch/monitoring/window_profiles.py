"""Profiles of one window's rows, per subject, built while the rows stream by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.core.errors import BaselineError, DataError, Fault
from tidewatch.core.profile import Baseline, Profile, merge, profile
from tidewatch.monitoring.judged_window import Subject

BaselineOf: TypeAlias = Callable[[str], Baseline]
"""Finds the baseline of a version; raises BaselineError where there is none."""

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
        self._waiting = []
        # Where so many rows have come that they filled several rounds, more will.
        features = profile(rows, self.baseline.features, expected_rows=self.features.rows)
        self.take(features, profile(rows, self.baseline.score))

    def take(self, features: Profile, score: Profile) -> None:
        """Takes in what was profiled elsewhere, over the same baseline."""
        self.features = merge(self.features, features)
        self.score = merge(self.score, score)


@dataclass
class WindowProfiles:
    """The profiles of a window's subjects; faults for each that cannot be profiled.

    `seen` counts the rows of every subject, those that failed too.
    """

    subjects: dict[Subject, SubjectProfiles] = field(default_factory=dict)
    failed: dict[Subject, tuple[Fault, ...]] = field(default_factory=dict)
    seen: Counter[Subject] = field(default_factory=Counter)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Each fault once."""
        return tuple(dict.fromkeys(fault for some in self.failed.values() for fault in some))

    def fail(self, subject: Subject, faults: tuple[Fault, ...]) -> None:
        """Gives `subject` up."""
        self.failed[subject] = tuple(dict.fromkeys((*self.failed.get(subject, ()), *faults)))
        self.subjects.pop(subject, None)


def profile_window(rows: Iterable[pa.RecordBatch], baseline_of: BaselineOf) -> WindowProfiles:
    """Streams `rows`, which have version, variant, score and features.

    Each subject is profiled over its own version's baseline; one without a usable baseline does
    not keep the others from being profiled. Raises DataError where a row names no subject.
    """
    found = WindowProfiles()
    for batch in rows:
        for subject, part in _by_subject(batch):
            found.seen[subject] += part.num_rows
            if subject in found.failed:
                continue
            try:
                if subject not in found.subjects:
                    found.subjects[subject] = SubjectProfiles.empty(baseline_of(subject.version))
                found.subjects[subject].add(part)
            except (BaselineError, DataError) as error:
                found.fail(subject, error.faults)
    for subject, profiles in list(found.subjects.items()):
        try:
            profiles.finish()
        except DataError as error:
            found.fail(subject, error.faults)
    return found


def merge_windows(a: WindowProfiles, b: WindowProfiles) -> WindowProfiles:
    """The profiles of both parts of one window. A subject that failed in one part has failed.

    Raises BaselineError where a subject's parts were not binned by one baseline.
    """
    merged = WindowProfiles(dict(a.subjects), dict(a.failed), a.seen + b.seen)
    for subject, profiles in b.subjects.items():
        whole = SubjectProfiles.empty(profiles.baseline)
        for part in (merged.subjects.get(subject), profiles):
            if part is not None:
                whole.take(part.features, part.score)
        merged.subjects[subject] = whole
    for subject, faults in [*a.failed.items(), *b.failed.items()]:
        merged.fail(subject, faults)
    return merged


def _by_subject(batch: pa.RecordBatch) -> Iterator[tuple[Subject, pa.RecordBatch]]:
    lost = sum(batch[name].null_count for name in ("version", "variant"))
    if lost:
        found, expected = f"{lost} rows without version or variant", "both, in every row"
        raise DataError(Fault("the prediction log", found, expected, "write those rows anew"))
    pairs = pa.Table.from_batches([batch.select(["version", "variant"])])
    subjects = pairs.group_by(["version", "variant"]).aggregate([]).to_pylist()
    for pair in subjects:
        subject = Subject(pair["version"], pair["variant"])
        if len(subjects) == 1:
            yield subject, batch
            return
        mask = pc.and_(
            pc.equal(batch["version"], subject.version), pc.equal(batch["variant"], subject.variant)
        )
        yield subject, batch.filter(mask)
