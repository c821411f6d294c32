"""The figures of one run of the benchmark: kept as JSON, read as medians."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.speed.contenders import Contender
from benchmarks.speed.measure import Usage


@dataclass
class Figures:
    """What was measured of one contender. `failure` says why there is nothing more, if so.

    `timed` are the repetitions, `sampled` the run that was watched for memory alone, and
    `startups` the runs that imported and did nothing.
    """

    name: str
    rows: int
    failure: str = ""
    timed: list[Usage] = field(default_factory=list)
    sampled: list[Usage] = field(default_factory=list)
    startups: list[Usage] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether there is a time to show."""
        return not self.failure and bool(self.timed)

    @property
    def cpu(self) -> float:
        """Seconds of CPU, user and system, of all processes, start-up included."""
        return median(run.cpu for run in self.timed)

    @property
    def wall(self) -> float:
        """Seconds from start to end."""
        return median(run.wall for run in self.timed)

    @property
    def startup(self) -> float:
        """Seconds of CPU that starting and importing take; 0 where it was not measured."""
        return median(run.cpu for run in self.startups) if self.startups else 0.0

    @property
    def rows_per_second(self) -> float:
        """Current rows a second of wall time."""
        return self.rows / self.wall

    @property
    def tree_memory(self) -> float:
        """Peak memory of all processes together, MiB."""
        seen = [run.tree_memory for run in self.timed + self.sampled]
        return max((memory for memory in seen if memory is not None), default=float("nan"))

    @property
    def process_memory(self) -> float:
        """Peak memory of the largest process, MiB."""
        return max(run.process_memory for run in self.timed + self.sampled)


@dataclass
class Results:
    """All figures by contender's key, and the machine."""

    machine: Mapping[str, str]
    figures: dict[str, Figures] = field(default_factory=dict)

    def of(self, contender: Contender) -> Figures:
        """A contender's figures, new ones where there are none yet."""
        return self.figures.setdefault(contender.key, Figures(contender.name, contender.rows))

    def write(self, path: Path) -> None:
        """Keep everything."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Results:
        """The inverse of `write`."""
        document = json.loads(path.read_text(encoding="utf-8"))
        figures = {key: _figures(kept) for key, kept in document["figures"].items()}
        return cls(document["machine"], figures)


def _figures(document: Mapping[str, Any]) -> Figures:
    return Figures(
        name=document["name"],
        rows=document["rows"],
        failure=document["failure"],
        timed=[Usage(**run) for run in document["timed"]],
        sampled=[Usage(**run) for run in document["sampled"]],
        startups=[Usage(**run) for run in document["startups"]],
    )
