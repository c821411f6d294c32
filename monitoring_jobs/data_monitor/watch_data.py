"""One run of the data monitor."""

from __future__ import annotations

from deltalake import DeltaTable

from monitoring_jobs.data_monitor.judge_data import UNIT, DataJudge
from monitoring_jobs.data_monitor.read_window import window_reader
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.watch import Due

# A closed window's data is judged once, whatever arrives later: evidence never changes. A window
# judged on demand before it has closed is due once more.
_CLOSED, _OPEN = 1, 0


def watch_data(run: MonitorRun) -> None:
    """Judges and announces the windows that are due, or the one that was asked for."""
    log = run.prediction_log()
    judge = DataJudge(run.model, window_reader(log, run.baselines), run.serving)
    run.watch(UNIT).run(judge, due_windows(run, log))


def due_windows(run: MonitorRun, log: DeltaTable) -> list[Due]:
    """The closed windows, or the one that was asked for."""
    closed = run.closed(log)
    if run.window is None:
        return [Due(window, _CLOSED) for window in closed]
    final = run.window in closed
    return [Due(run.window, _CLOSED if final else _OPEN, final=final, forced=True)]
