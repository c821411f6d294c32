"""The boundary of a monitoring job: one place where errors meet the outside."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tidewatch.core.errors import TidewatchError

# SageMaker shows the first kilobyte of this file as the job's ExitMessage.
_MESSAGE = Path("output") / "message"
_MAX_MESSAGE = 1_000


def run_job(job: Callable[[], None]) -> None:
    """Runs `job` and exits non-zero when it fails, the reason in the log and in the job's record.

    Errors that Tidewatch raises on purpose say what to do and need no stack trace; any other
    error goes on as it is.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stdout
    )
    logging.getLogger("botocore").setLevel(logging.WARNING)
    try:
        job()
    except TidewatchError as error:
        logging.getLogger(type(error).__name__).error("%s", error)  # noqa: TRY400 - see above
        leave_message(str(error))
        sys.exit(1)


def leave_message(text: str) -> None:
    """Leaves `text` for whoever describes the job: its ExitMessage."""
    message = Path(os.environ.get("ML_ROOT", "/opt/ml")) / _MESSAGE
    message.parent.mkdir(parents=True, exist_ok=True)
    message.write_bytes(text.encode()[:_MAX_MESSAGE])
