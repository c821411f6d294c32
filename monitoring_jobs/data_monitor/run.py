"""What the job's environment asks for: to judge, to plan, or to judge what was planned."""

from __future__ import annotations

from collections.abc import Mapping

from monitoring_jobs.data_monitor.hand_over import judge_plan, watch_or_hand_over
from monitoring_jobs.data_monitor.watch_data import watch_data
from tidewatch.aws.objects import Bucket
from tidewatch.monitoring.entry_point import leave_message
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.settings import JudgeSettings, read_settings
from tidewatch.monitoring.shards.plan_folder import PlanFolder


class DataMonitorSettings(JudgeSettings):
    """What the data monitor is told besides."""

    plan: str | None = None
    """Judge the windows of this plan, whose partial profiles other machines wrote."""


def run_data_monitor(environment: Mapping[str, str]) -> None:
    """One run, as `environment` describes it."""
    settings = read_settings(DataMonitorSettings, environment)
    run = MonitorRun.in_environment(environment)
    if run.model.monitoring.engine == "job":
        watch_data(run)
        return
    store = Bucket(settings.history_bucket, settings.account_id)
    if settings.plan:
        judge_plan(run, PlanFolder(store, run.model.name, settings.plan))
    else:
        leave_message(watch_or_hand_over(run, store).to_json())
