"""SageMaker's jobs, really run: every instance of a job is a process in a folder of its own."""

from __future__ import annotations

from localcloud.jobs import lifecycle, processing, tags, training, tuning


def install() -> None:
    """Answer SageMaker's operations of jobs and of tags. Call it before the first request."""
    for part in (processing, training, tuning, tags):
        part.install()


def shutdown() -> None:
    """End every running job with its programs."""
    lifecycle.shutdown()
