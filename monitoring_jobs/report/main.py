"""Processing job: writes the page that people read."""

from __future__ import annotations

import os

from pydantic import Field

from monitoring_jobs.report.evidently_page import render
from monitoring_jobs.report.write_report import ReportRun, write_report
from tidewatch.aws.baselines import PackageBaselines
from tidewatch.aws.objects import Bucket
from tidewatch.monitoring.entry_point import run_job
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.settings import JudgeSettings, read_settings


class ReportSettings(JudgeSettings):
    """What the report is told."""

    reports_bucket: str = Field(min_length=1)


def main() -> None:
    """Reads the environment and writes the report."""
    settings = read_settings(ReportSettings, os.environ)
    monitor = MonitorRun.in_environment(os.environ)
    write_report(
        ReportRun(
            monitor=monitor,
            references=PackageBaselines(monitor.model.name, monitor.versions, settings.account_id),
            reports=Bucket(settings.reports_bucket, settings.account_id),
            render=render,
        )
    )


if __name__ == "__main__":
    run_job(main)
