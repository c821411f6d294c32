"""A job's life: a thread that brings it to an end, whatever happens, and tells everyone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.core.exceptions import ServiceException

from localcloud import events
from localcloud.jobs.records import Kind, Record, add, utc_now
from localcloud.jobs.run import StopSignal, shortened
from tidewatch.core.errors import TidewatchError

SHUTDOWN_GRACE_SECONDS = 2.0
SHUTDOWN_SECONDS = 10.0
# What a request, its role or its data did wrong: SageMaker calls all of it ClientError.
CALLERS_FAULTS = (
    TidewatchError, ServiceException, ClientError, BotoCoreError, OSError, ValueError,
)  # fmt: skip

logger = logging.getLogger(__name__)


class Job(Record):
    """A record with a life: it runs in a thread of its own until `finish`."""

    def __init__(self, kind: Kind, request: dict[str, Any], **state: Any) -> None:
        super().__init__(kind, request, **{kind.status_key: "InProgress"}, **state)
        self.stop = StopSignal()
        self.done = threading.Event()

    def finish(self, status: str, **fields: Any) -> None:
        """Reach a final status, and let every waiter and rule know."""
        self.change(**{self.kind.status_key: status}, **fields)
        self.done.set()
        tell(self)


Work = Callable[[Job], None]
Fail = Callable[[Job, str], None]


def start(job: Job, work: Work, fail: Fail) -> None:
    """Keep the job and work on it in the background; `fail` ends it with a reason.

    The work itself calls `finish`; whatever it raises becomes the reason of the failure.
    """
    add(job)
    thread = threading.Thread(target=_live, args=(job, work, fail), name=job.name, daemon=True)
    with _lock:
        _running[job] = thread
    thread.start()


def ask_to_stop(job: Job) -> None:
    """Status Stopping, and the signal; a job that has ended is left alone."""
    if job.done.is_set():
        return
    job.change(**{job.kind.status_key: "Stopping"})
    job.stop.set()
    tell(job)


def shutdown() -> None:
    """Stop every running job quickly and wait for their ends."""
    with _lock:
        running = dict(_running)
    for job in running:
        job.stop.grace_seconds = SHUTDOWN_GRACE_SECONDS
        job.stop.set()
    for thread in running.values():
        thread.join(SHUTDOWN_SECONDS)


def tell(record: Record) -> None:
    """Put the state-change event of a record on the default bus."""
    if record.kind.event:
        detail = {key: _event_value(value) for key, value in record.describe().items()}
        events.emit("aws.sagemaker", record.kind.event, detail, [record.arn])


def _live(job: Job, work: Work, fail: Fail) -> None:
    try:
        tell(job)
        work(job)
    except CALLERS_FAULTS as fault:
        _fail_once(job, fail, f"ClientError: {fault}")
    except Exception as fault:  # the boundary of a thread: a job must never hang
        logger.exception("the executor of %s failed", job.arn)
        _fail_once(job, fail, f"InternalServerError: {fault!r}")
    finally:
        with _lock:
            _running.pop(job, None)


def _fail_once(job: Job, fail: Fail, reason: str) -> None:
    if job.done.is_set():  # only its state-change event is missing; the end itself stands
        logger.error("%s ended, but: %s", job.arn, reason)
        return
    fail(job, shortened(reason))


def _event_value(value: Any) -> Any:
    """EventBridge's SageMaker events write times as milliseconds since 1970."""
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    if isinstance(value, dict):
        return {key: _event_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_event_value(inner) for inner in value]
    return value


def seconds_since(moment: datetime) -> int:
    """Whole seconds from a moment until now, at least one: SageMaker bills them so."""
    return max(1, round((utc_now() - moment).total_seconds()))


_running: dict[Job, threading.Thread] = {}
_lock = threading.Lock()
