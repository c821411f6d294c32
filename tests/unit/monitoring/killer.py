"""Ends a run between any two steps that leave a trace."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest

from tests.unit.monitoring.world import Heard
from tidewatch.aws import ledger

STEPS = (
    (ledger, "append"),
    (ledger, "replace"),
    (ledger, "mark"),
    (Heard, "send"),
    (Heard, "put"),
    (Heard, "announce"),
)


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing after it runs."""


class Killer:
    """Counts the steps of a run that leave a trace, and ends it before or after one of them."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int, after: bool) -> None:
        self.at, self.after, self.steps = at, after, 0
        for owner, name in STEPS:
            patch.setattr(owner, name, self._deadly(getattr(owner, name)))

    def _deadly(self, step: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(step)
        def run(*args: Any, **kwargs: Any) -> Any:
            self.steps += 1
            mine = self.steps
            if mine == self.at and not self.after:
                raise Killed
            result = step(*args, **kwargs)
            if mine == self.at:
                raise Killed
            return result

        return run
