"""Profiles a window on this one machine: small ones as a stream, large ones with all cores."""

from __future__ import annotations

from collections.abc import Callable

from deltalake import DeltaTable

from monitoring_jobs.data_monitor.plan_windows import log_columns, planned_baselines
from tidewatch.aws.baselines import Baselines
from tidewatch.aws.live_files import foreign_features, live_files
from tidewatch.aws.rows import stream, within
from tidewatch.aws.tables import log_features
from tidewatch.core.window import Window
from tidewatch.monitoring.shards.plan import WorkItem
from tidewatch.monitoring.shards.profile_items import Work, cores, profile_items
from tidewatch.monitoring.shards.window_part import WindowPart
from tidewatch.monitoring.window_profiles import WindowProfiles, profile_window

WORTH_PROCESSES = 2_000_000
"""Rows above which starting processes, about a second, is made good by all cores at work."""


def window_reader(log: DeltaTable, baselines: Baselines) -> Callable[[Window], WindowProfiles]:
    """Profiles any window of `log`. Memory does not grow with its rows."""

    def read(window: Window) -> WindowProfiles:
        if cores() > 1 and not foreign_features(log):
            items = tuple(WorkItem(window, file) for file in live_files(log, window))
            if sum(item.file.rows for item in items) > WORTH_PROCESSES:
                return _with_all_cores(log, baselines, items)
        columns = ["version", "variant", "score", *log_features(log)]
        return profile_window(stream(log, columns, within(window)), baselines.of)

    return read


def _with_all_cores(
    log: DeltaTable, baselines: Baselines, items: tuple[WorkItem, ...]
) -> WindowProfiles:
    window = items[0].window
    known = planned_baselines(log, [window], baselines)
    work = Work(log.table_uri.rstrip("/"), log_columns(log), items, known)
    return profile_items(work).get(window, WindowPart()).profiles
