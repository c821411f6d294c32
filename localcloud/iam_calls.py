"""Which role made which call: written down, where asked, for who proves least privilege.

Whatever checks a permission here, ministack for its services or we for ours, asks ministack's
`evaluate`. LOCALCLOUD_CALLS names a file: it gets one line of JSON for each distinct call.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator

VARIABLE = "LOCALCLOUD_CALLS"


@dataclass
class Calls:
    """The file, and what stands in it."""

    file: Path
    _noted: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, context: Any, decision: str) -> None:
        """Write a call down, unless it was made before."""
        call = {
            "role": role_name(context.principal_arn),
            "action": context.action,
            "resource": context.resource_arn,
            "context": {
                key: value
                for key, value in sorted(context.service_context.items())
                if isinstance(value, str)
            },
            "decision": decision,
        }
        line = json.dumps(call)
        with self._lock:
            if line not in self._noted:
                self._noted.add(line)
                with self.file.open("a", encoding="utf-8") as out:
                    out.write(line + "\n")


def install() -> None:
    """Note every evaluation, where the environment asks for it."""
    if VARIABLE not in os.environ:
        return
    calls = Calls(Path(os.environ[VARIABLE]))
    original = iam_evaluator.evaluate

    def evaluate(context: Any, policies: Any, *limits: Any) -> Any:
        result = original(context, policies, *limits)
        calls.note(context, result.decision)
        return result

    iam_evaluator.evaluate = evaluate


def role_name(principal: str) -> str:
    """The role's name in its own ARN, or in that of a session under it.

    >>> role_name("arn:aws:iam::123456789012:role/jobs/prep")
    'prep'
    >>> role_name("arn:aws:sts::123456789012:assumed-role/prep/SageMaker")
    'prep'
    """
    kind, _, rest = principal.split(":", 5)[-1].partition("/")
    return rest.split("/")[0] if kind == "assumed-role" else rest.rpartition("/")[2]
