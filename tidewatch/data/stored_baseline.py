"""A baseline that was stored: a reference's profile, or that of a model's version."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.profile import Baseline, Profile
from tidewatch.core.verdict import LearnedNoise
from tidewatch.data.location import locate


@dataclass(frozen=True, eq=False)
class StoredBaseline:
    """What windows are compared with, and the noise that was learned of it, if any.

    `ignored` are columns that the reference had too, and that are no features.
    """

    profile: Profile
    learned: LearnedNoise = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()


def read_baseline(place: str | Path) -> StoredBaseline:
    """Reads what `tidewatch baseline` wrote, or the baseline of a version.

    Raises DataError where there is no file, BaselineError where it is neither.
    """
    location = locate(str(place))
    with location.filesystem.open_input_stream(location.files[0]) as stream:
        data = stream.read()
    try:
        return StoredBaseline(Profile.from_json(data))
    except BaselineError as error:
        if b'"tidewatch-baseline"' not in data[:100]:
            raise _foreign(str(place), error) from error
    version = Baseline.from_json(data)
    return StoredBaseline(version.features, version.feature_noise)


def _foreign(place: str, error: BaselineError) -> BaselineError:
    expected = "a baseline that `tidewatch baseline` wrote, or one of a version"
    remedy = "write it anew: tidewatch baseline REFERENCE"
    return BaselineError(Fault(place, error.faults[0].found, expected, remedy))
