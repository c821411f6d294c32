"""Deliveries that the inbox refuses, each with the reason and the HTTP status."""

from __future__ import annotations

from typing import Any

from tidewatch.core.errors import Fault, TidewatchError


class DeliveryError(TidewatchError):
    """A delivery that its receiver would refuse."""

    def __init__(self, fault: Fault, status: int = 400, answer: Any = None) -> None:
        super().__init__(fault)
        self.status = status
        self.answer = answer if answer is not None else _answer(fault)


def _answer(fault: Fault) -> dict[str, dict[str, str]]:
    return {
        "error": {"found": fault.found, "expected": fault.expected, "remedy": fault.remedy},
    }
