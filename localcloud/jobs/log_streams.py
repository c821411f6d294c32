"""What a job printed, in CloudWatch Logs: where people, and the SageMaker SDK, look for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)

# PutLogEvents takes 1,048,576 bytes and 10,000 events at most; every event counts 26 bytes more.
MOST_BYTES = 1_000_000
MOST_EVENTS = 10_000
EVENT_BYTES = 26
LONGEST_EVENT = 200_000


def ship(logs: Any, group: str, stream: str, text: str) -> None:
    """Put a whole log into a stream of its own.

    A role that may not do this loses the log, not the job: SageMaker does the same.
    """
    try:
        _create_group(logs, group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        for lines in batches(text):
            now = int(time.time() * 1000)
            logs.put_log_events(
                logGroupName=group,
                logStreamName=stream,
                logEvents=[{"timestamp": now, "message": line} for line in lines],
            )
    except (ClientError, BotoCoreError) as fault:
        logger.warning("the log %s of %s is not in CloudWatch Logs: %s", stream, group, fault)


def batches(text: str) -> Iterator[list[str]]:
    """The lines of a log, in portions that one PutLogEvents takes; empty lines are dropped."""
    batch: list[str] = []
    size = 0
    for line in filter(str.strip, text.splitlines()):
        cut = line[:LONGEST_EVENT]
        cost = len(cut.encode()) + EVENT_BYTES
        if batch and (size + cost > MOST_BYTES or len(batch) == MOST_EVENTS):
            yield batch
            batch, size = [], 0
        batch.append(cut)
        size += cost
    if batch:
        yield batch


def _create_group(logs: Any, group: str) -> None:
    try:
        logs.create_log_group(logGroupName=group)
    except ClientError as fault:
        # Another job made it, or the stacks did and the role may only add streams.
        known = {"ResourceAlreadyExistsException", "AccessDeniedException"}
        if fault.response["Error"]["Code"] not in known:
            raise
