"""One look at whether all that was answered was captured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from deltalake import DeltaTable

from monitoring_jobs.prediction_log.captured_records import Hour, captured_records
from monitoring_jobs.prediction_log.ingest import IngestRun
from monitoring_jobs.prediction_log.judge_capture import UNIT, CaptureJudge
from tidewatch.core.window import Window, windows_between
from tidewatch.monitoring.history import History
from tidewatch.monitoring.judged_window import Subject
from tidewatch.monitoring.watch import Due, Watch

_HOUR = timedelta(hours=1)
# Captures are delivered within minutes, and so are CloudWatch's counts.
_DELIVERED = timedelta(minutes=15)
# More than lies between two runs of a weekly schedule.
_LOOKED_BACK = timedelta(days=8)


def watch_capture(run: IngestRun) -> None:
    """Judges and announces each hour that is over and was not judged yet."""
    versions = {variant.name: variant.version for variant in run.versions.serving.values()}
    if not versions or not run.model.serving.capture_percent:
        return
    history = History(run.root, UNIT, run.model.name)
    hours = _hours_over(run.now())
    answered = run.invocations.answered(versions, _whole(hours), _HOUR)
    busy = {start for _, start in answered}
    due = [hour for hour in hours if hour.start in busy and history.judged_on(hour) is None]
    Watch(
        unit=UNIT,
        model=run.model.name,
        history=history,
        publisher=run.publisher,
        serving={Subject(version, variant) for variant, version in versions.items()},
        lease_seconds=run.lease_seconds,
        now=run.now,
    ).run(
        CaptureJudge(run.model, versions, answered, _captured(run, due)),
        [Due(hour, 1) for hour in due],
    )


def _hours_over(now: datetime) -> list[Window]:
    return list(windows_between(now - _LOOKED_BACK, now - _DELIVERED, _HOUR))


def _whole(hours: Sequence[Window]) -> Window:
    return Window(hours[0].start, hours[-1].end)


def _captured(run: IngestRun, due: Sequence[Window]) -> Counter[Hour]:
    if not due:
        return Counter()
    return captured_records(
        DeltaTable(run.log_uri),
        DeltaTable(run.quarantine_uri),
        run.model.name,
        run.capture_prefix,
        _whole(due),
    )
