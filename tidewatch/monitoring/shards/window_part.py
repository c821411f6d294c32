"""A part of one window: the files that were read for it, and the profiles of their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.core.errors import Fault
from tidewatch.core.profile import Profile
from tidewatch.core.profile.document import read_document, write_document
from tidewatch.core.window import Window
from tidewatch.monitoring.judged_window import Subject
from tidewatch.monitoring.window_profiles import (
    BaselineOf,
    SubjectProfiles,
    WindowProfiles,
    merge_windows,
    profile_window,
)

TIME = "event_time"
FORMAT = "tidewatch-part"
VERSION = 1


@dataclass
class WindowPart:
    """`read` counts the rows that were read, inside the window or not."""

    profiles: WindowProfiles = field(default_factory=WindowProfiles)
    read: int = 0

    def to_json(self) -> bytes:
        """The part as JSON of format `tidewatch-part`, version 1."""
        return write_document(FORMAT, VERSION, self.to_document())

    @classmethod
    def from_json(cls, body: bytes, baseline_of: BaselineOf) -> WindowPart:
        """The inverse of `to_json`; raises as `from_document` does."""
        return cls.from_document(read_document(body, FORMAT, VERSION), baseline_of)

    def to_document(self) -> dict[str, Any]:
        """The part as JSON-ready data."""
        return {
            "read": self.read,
            "seen": [[*_pair(subject), rows] for subject, rows in self.profiles.seen.items()],
            "failed": [
                [*_pair(subject), [asdict(fault) for fault in faults]]
                for subject, faults in self.profiles.failed.items()
            ],
            "subjects": [
                [*_pair(subject), found.features.to_document(), found.score.to_document()]
                for subject, found in self.profiles.subjects.items()
            ],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any], baseline_of: BaselineOf) -> WindowPart:
        """The inverse of `to_document`.

        Raises KeyError, TypeError, ValueError or BaselineError on other data, and on profiles
        over other bins than the baseline's.
        """
        profiles = WindowProfiles()
        for version, variant, rows in document["seen"]:
            profiles.seen[Subject(version, variant)] = int(rows)
        for version, variant, faults in document["failed"]:
            profiles.failed[Subject(version, variant)] = tuple(Fault(**item) for item in faults)
        for version, variant, features, score in document["subjects"]:
            found = SubjectProfiles.empty(baseline_of(version))
            found.take(Profile.from_document(features), Profile.from_document(score))
            profiles.subjects[Subject(version, variant)] = found
        return cls(profiles, int(document["read"]))


def profile_part(
    batches: Iterable[pa.RecordBatch], window: Window, baseline_of: BaselineOf
) -> WindowPart:
    """Profiles the rows of `batches` that lie in `window`. The one kernel of all engines.

    The batches have version, variant, score, features and `event_time`.
    """
    part = WindowPart()

    def inside() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            part.read += batch.num_rows
            yield _within(batch, window)

    part.profiles = profile_window(inside(), baseline_of)
    return part


def merge_parts(parts: Iterable[WindowPart]) -> WindowPart:
    """All of `parts` as one."""
    whole = WindowPart()
    for part in parts:
        whole = WindowPart(merge_windows(whole.profiles, part.profiles), whole.read + part.read)
    return whole


def miscounted(profiles: WindowProfiles) -> Counter[Subject]:
    """The rows of each subject that were seen and are not in its profile; empty if all are."""
    profiled = Counter(
        {subject: found.features.rows for subject, found in profiles.subjects.items()}
    )
    expected = Counter({s: rows for s, rows in profiles.seen.items() if s not in profiles.failed})
    profiled.subtract(expected)
    return Counter({subject: -gap for subject, gap in profiled.items() if gap})


def _within(batch: pa.RecordBatch, window: Window) -> pa.RecordBatch:
    times = batch[TIME]
    inside = pc.and_(
        pc.greater_equal(times, pa.scalar(window.start, times.type)),
        pc.less(times, pa.scalar(window.end, times.type)),
    )
    return batch if pc.all(inside).as_py() and not inside.null_count else batch.filter(inside)


def _pair(subject: Subject) -> tuple[str, str]:
    return subject.version, subject.variant
