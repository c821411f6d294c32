"""One line of an estimate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What a stack uses of something in a month; `usd` is None where the table has no price."""

    stack: str
    driver: str
    quantity: str
    usd: float | None
