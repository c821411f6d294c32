"""How a container's program ends: what SageMaker shows when it fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tidewatch.core.errors import TidewatchError

_SHOWN = 1024
"""SageMaker shows this many characters of a failure."""


def run(work: Callable[[], None], message: Path) -> None:
    """Does `work`; on failure writes why to `message` and ends the program with status 1.

    The boundary of a job: a fault of the data is said in one line each, anything else keeps its
    traceback.
    """
    try:
        work()
    except TidewatchError as error:
        _leave(error, message)
        sys.exit(f"{type(error).__name__}: {error}")
    except Exception as error:
        _leave(error, message)
        raise


def _leave(error: Exception, message: Path) -> None:
    message.parent.mkdir(parents=True, exist_ok=True)
    message.write_text(f"{type(error).__name__}: {error}"[:_SHOWN], encoding="utf-8")
