"""Large windows: hands their rows over to other machines, and judges what came back."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from monitoring_jobs.data_monitor.choose_engine import choose_engine, shares
from monitoring_jobs.data_monitor.judge_data import UNIT, DataJudge
from monitoring_jobs.data_monitor.plan_windows import new_plan, planned_baselines, planned_windows
from monitoring_jobs.data_monitor.watch_data import due_windows, watch_data
from tidewatch.aws.objects import ObjectStore
from tidewatch.core.engine import Engine
from tidewatch.core.window import Window
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.shards.plan_folder import PlanFolder
from tidewatch.monitoring.watch import Due
from tidewatch.monitoring.window_profiles import WindowProfiles


@dataclass(frozen=True)
class Handover:
    """Who goes on: the state machine reads it in the job's ExitMessage."""

    engine: Engine
    plan: str = ""
    shares: int = 0

    def to_json(self) -> str:
        """As the state machine takes it apart."""
        document = {"engine": self.engine.value, "plan": self.plan, "shares": self.shares}
        return orjson.dumps(document).decode()


def watch_or_hand_over(run: MonitorRun, store: ObjectStore) -> Handover:
    """Judges what is due, as `watch_data` does, or plans how others profile it.

    Planning announces nothing, no heartbeat either: `judge_plan` does, once there is a judgement.
    """
    log = run.prediction_log()
    history = run.watch(UNIT).history
    due = [
        item
        for item in due_windows(run, log)
        if item.forced or history.judged_on(item.window) != item.evidence
    ]
    windows = planned_windows(log, due)
    rows = sum(item.rows for item in windows)
    engine = choose_engine(run.model.monitoring, rows)
    if engine is Engine.JOB:
        watch_data(run)
        return Handover(engine)
    baselines = planned_baselines(log, [item.window for item in windows], run.baselines)
    plan = new_plan(log, windows, baselines, shares(engine, run.model.monitoring, rows))
    PlanFolder.write(store, run.model.name, plan, dict(baselines.documents))
    return Handover(engine, plan.identifier, plan.shares)


def judge_plan(run: MonitorRun, folder: PlanFolder) -> None:
    """Judges and announces the windows of a plan whose partial profiles are all there.

    Raises ShardError, and judges nothing, where one is absent or does not count every row.
    """
    found = {window: part.profiles for window, part in folder.merged().items()}

    def profiled(window: Window) -> WindowProfiles:
        return found[window]

    due = [
        Due(item.window, item.evidence, final=item.final, forced=item.forced)
        for item in folder.plan.windows
    ]
    judge = DataJudge(run.model, profiled, run.serving)
    run.watch(UNIT).run(judge, due)
