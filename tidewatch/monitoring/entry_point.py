"""The boundary of a monitoring job: one place where errors meet the outside."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tidewatch.core.errors import TidewatchError
from tidewatch.core.one_line import one_line

# SageMaker shows the first kilobyte of this file as the job's ExitMessage.
_MESSAGE = Path("output") / "message"
_MAX_MESSAGE = 1_000


class OneLine(logging.Formatter):
    """A message is one line, whatever is quoted in it; a stack trace below it stays as it is."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """See `logging.Formatter`."""
        return one_line(super().formatMessage(record))


def run_job(job: Callable[[], None]) -> None:
    """Runs `job` and exits non-zero when it fails, the reason in the log and in the job's record.

    Errors that Tidewatch raises on purpose say what to do and need no stack trace; any other
    error goes on as it is.
    """
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(OneLine("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    logging.getLogger("botocore").setLevel(logging.WARNING)
    try:
        job()
    except TidewatchError as error:
        for fault in error.faults:
            logging.getLogger(type(error).__name__).error("%s", fault)  # noqa: TRY400 - see above
        leave_message(str(error))
        sys.exit(1)


def leave_message(text: str) -> None:
    """Leaves `text` for whoever describes the job: its ExitMessage."""
    message = Path(os.environ.get("ML_ROOT", "/opt/ml")) / _MESSAGE
    message.parent.mkdir(parents=True, exist_ok=True)
    message.write_bytes(text.encode()[:_MAX_MESSAGE])
