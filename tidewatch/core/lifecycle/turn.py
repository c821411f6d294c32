"""Whose turn it is, when only so many runs may go on at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, order=True)
class Running:
    """A run that has started and not ended."""

    started_at: datetime
    id: str


def is_turn_of(run_id: str, running: Iterable[Running], at_once: int) -> bool:
    """Whether `run_id` is among the `at_once` runs that were started first.

    Each run asks for itself, and there is no lock that a run which died could hold. A run that is
    not listed yet is the newest of all.
    """
    order = [run.id for run in sorted(running)]
    place = order.index(run_id) if run_id in order else len(order)
    return place < at_once
