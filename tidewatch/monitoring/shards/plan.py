"""The plan by which several machines profile windows: which files, in how many shares."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_serializer,
    field_validator,
)

from tidewatch.core.errors import Fault
from tidewatch.core.live_file import LiveFile
from tidewatch.core.window import Window
from tidewatch.monitoring.shards.errors import ShardError

_ID_LENGTH = 16


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedWindow(_Document):
    """A window that is due (see `Due`), and the files that may hold its rows."""

    window: Window
    evidence: int
    final: bool
    forced: bool
    files: tuple[LiveFile, ...]

    @field_validator("window", mode="before")
    @classmethod
    def _parsed(cls, value: object) -> object:
        return Window.parse(value) if isinstance(value, str) else value

    @field_serializer("window")
    def _written(self, window: Window) -> str:
        return str(window)

    @property
    def rows(self) -> int:
        """Rows of its files: at least as many as the window has."""
        return sum(file.rows for file in self.files)


@dataclass(frozen=True)
class WorkItem:
    """One file, read for one window."""

    window: Window
    file: LiveFile


class Plan(_Document):
    """What is to be profiled: files of one version of one table, in `shares` shares.

    Everything that decides what comes out is in it: so one plan, carried out twice or by two at
    a time, gives the same partial profiles, and its identifier is the digest of its content.
    """

    format: str = Field(default="tidewatch-plan-1", pattern="^tidewatch-plan-1$")
    table: str
    """The root of the Delta table."""
    columns: Mapping[str, str]
    """The columns that are read, and their types: `string` or `double`."""
    windows: tuple[PlannedWindow, ...] = Field(min_length=1)
    shares: int = Field(ge=1)
    baselines: Mapping[str, str]
    """The digest of each version's baseline, a file in the plan's folder."""
    without_baseline: Mapping[str, tuple[Fault, ...]]
    """Versions that have no usable baseline, and why."""

    @classmethod
    def from_json(cls, body: bytes, where: str) -> Plan:
        """The plan in `body`. Raises ShardError where there is none; `where` names its place."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            found = "; ".join(f"{item['loc']}: {item['msg']}" for item in error.errors())
            raise ShardError(
                Fault(where, found, "a plan of format tidewatch-plan-1", "run the monitor again")
            ) from error

    def to_json(self) -> bytes:
        """The plan as JSON: the same bytes for the same plan."""
        return self.model_dump_json().encode()

    @property
    def identifier(self) -> str:
        """Names the plan by its content."""
        return hashlib.sha256(self.to_json()).hexdigest()[:_ID_LENGTH]

    @property
    def rows(self) -> int:
        """Rows that are read."""
        return sum(window.rows for window in self.windows)

    def items(self) -> list[WorkItem]:
        """All work."""
        return [WorkItem(item.window, file) for item in self.windows for file in item.files]

    def share(self, number: int) -> list[WorkItem]:
        """The work of share `number`, from 0 on."""
        return balanced(self.items(), self.shares)[number]


def balanced(items: Sequence[WorkItem], parts: int) -> list[list[WorkItem]]:
    """`items` in `parts` parts of about as many rows each.

    Files differ in size: the largest go first, each to the part that has the fewest rows
    (Graham's rule, 1969: the largest part is at most 4/3 of the best division's).
    """
    divided: list[list[WorkItem]] = [[] for _ in range(parts)]
    loads = [0] * parts
    for item in sorted(items, key=lambda item: (-item.file.rows, item.file, item.window)):
        least = loads.index(min(loads))
        loads[least] += item.file.rows
        divided[least].append(item)
    return divided
