"""The partial profile of one share of a plan, as a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.profile.document import read_document, write_document
from tidewatch.core.window import Window
from tidewatch.monitoring.shards.errors import ShardError
from tidewatch.monitoring.shards.plan import WorkItem
from tidewatch.monitoring.shards.window_part import WindowPart
from tidewatch.monitoring.window_profiles import BaselineOf

FORMAT = "tidewatch-partial"
VERSION = 1


@dataclass(frozen=True)
class Partial:
    """What one share of the plan `plan` found: a part of each window, and the work it stands on."""

    plan: str
    share: int
    done: tuple[WorkItem, ...]
    parts: Mapping[Window, WindowPart]

    def to_json(self) -> bytes:
        """The partial as JSON of format `tidewatch-partial`, version 1."""
        return write_document(
            FORMAT,
            VERSION,
            {
                "plan": self.plan,
                "share": self.share,
                "done": [[str(item.window), item.file.path] for item in self.done],
                "parts": {str(window): part.to_document() for window, part in self.parts.items()},
            },
        )


def read_partial(body: bytes, where: str, expected: Partial, baseline_of: BaselineOf) -> Partial:
    """The partial in `body`, which lies at `where`.

    `expected` says which plan, share and work it must be of; its parts are empty. Raises
    ShardError where it is half-written, of something else, or does not count every row.
    """
    try:
        document = read_document(body, FORMAT, VERSION)
        parts = {
            Window.parse(window): WindowPart.from_document(part, baseline_of)
            for window, part in document["parts"].items()
        }
    except (BaselineError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _fault(
            where, f"{type(error).__name__}: {error}", "a whole partial profile"
        ) from error
    _require_same_work(document, where, expected)
    _require_every_row(parts, where, expected)
    return Partial(expected.plan, expected.share, expected.done, parts)


def _require_same_work(document: Mapping[str, Any], where: str, expected: Partial) -> None:
    wanted = [[str(item.window), item.file.path] for item in expected.done]
    for name, found, right in (
        ("plan", document.get("plan"), expected.plan),
        ("share", document.get("share"), expected.share),
        ("files", sorted(document.get("done", [])), sorted(wanted)),
    ):
        if found != right:
            raise _fault(where, f"{name} {found}", f"{name} {right}")


def _require_every_row(parts: Mapping[Window, WindowPart], where: str, expected: Partial) -> None:
    for window in {item.window for item in expected.done}:
        rows = sum(item.file.rows for item in expected.done if item.window == window)
        read = parts[window].read if window in parts else 0
        if read != rows:
            raise _fault(where, f"{read} rows read for {window}", f"{rows} rows")


def _fault(where: str, found: str, expected: str) -> ShardError:
    return ShardError(
        Fault(where, found, expected, "run the monitor again: it writes partial profiles anew")
    )
