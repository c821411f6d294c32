"""One run of the model monitor.

A window is judged once it is closed and has a label, and again whenever it has more labels than
when it was judged last: late labels re-open the windows they touch and no other. A window without
any label is not judged: there is nothing to say. With fewer labels than the model's `min_rows` it
is `insufficient_data`.
"""

from __future__ import annotations

from monitoring_jobs.model_monitor.judge_quality import UNIT, QualityJudge
from monitoring_jobs.model_monitor.labelled_predictions import count_labels
from tidewatch.aws.tables import LABELS, ensure_table
from tidewatch.core.window import Window
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.watch import Due


def watch_quality(run: MonitorRun) -> None:
    """Judges and announces the windows that are due, or the one that was asked for."""
    log = run.prediction_log()
    labels = ensure_table(f"{run.root}/labels/{run.model.name}", LABELS)
    watch = run.watch(UNIT)
    counts = count_labels(labels, run.model.monitoring.window)
    judge = QualityJudge(run.model, log, labels, run.baselines)
    watch.run(judge, _due(run, run.closed(log), counts))


def _due(run: MonitorRun, closed: list[Window], counts: dict[Window, int]) -> list[Due]:
    """Evidence is the number of labels; see `tidewatch.monitoring.history`."""
    if run.window is None:
        return [Due(window, counts[window]) for window in closed if window in counts]
    final = run.window in closed
    return [Due(run.window, counts.get(run.window, 0), final=final, forced=True)]
