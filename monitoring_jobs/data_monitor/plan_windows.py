"""Plans how several machines profile the windows that are due."""

from __future__ import annotations

from collections.abc import Sequence

from deltalake import DeltaTable

from tidewatch.aws.baselines import Baselines
from tidewatch.aws.live_files import live_files
from tidewatch.aws.rows import stream, within
from tidewatch.aws.tables import log_features
from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.window import Window
from tidewatch.monitoring.shards.plan import Plan, PlannedWindow
from tidewatch.monitoring.shards.planned_baselines import PlannedBaselines
from tidewatch.monitoring.watch import Due


def planned_windows(log: DeltaTable, due: Sequence[Due]) -> tuple[PlannedWindow, ...]:
    """The windows that are due, each with the log's live files that may hold its rows."""
    return tuple(
        PlannedWindow(
            window=item.window,
            evidence=item.evidence,
            final=item.final,
            forced=item.forced,
            files=tuple(live_files(log, item.window)),
        )
        for item in due
    )


def planned_baselines(
    log: DeltaTable, windows: Sequence[Window], baselines: Baselines
) -> PlannedBaselines:
    """The baseline of every version in the windows: resolved once, and the same for everybody."""
    documents: dict[str, bytes] = {}
    without: dict[str, tuple[Fault, ...]] = {}
    for version in sorted(_versions(log, windows)):
        try:
            documents[version] = baselines.of(version).to_json()
        except BaselineError as error:
            without[version] = error.faults
    return PlannedBaselines(documents, without)


def new_plan(
    log: DeltaTable, windows: tuple[PlannedWindow, ...], baselines: PlannedBaselines, shares: int
) -> Plan:
    """The plan to profile `windows` in `shares` shares."""
    return Plan(
        table=log.table_uri.rstrip("/"),
        columns=log_columns(log),
        windows=windows,
        shares=shares,
        baselines=baselines.digests(),
        without_baseline=baselines.without,
    )


def log_columns(log: DeltaTable) -> dict[str, str]:
    """The columns of the prediction log that are profiled, and their types."""
    features = set(log_features(log))
    kinds = {field.name: str(field.type.type) for field in log.schema().fields}
    own = {"version": "string", "variant": "string", "event_time": "timestamp", "score": "double"}
    return own | {name: kind for name, kind in kinds.items() if name in features}


def _versions(log: DeltaTable, windows: Sequence[Window]) -> set[str]:
    return {
        version
        for window in windows
        for batch in stream(log, ["version"], within(window))
        for version in batch["version"].unique().to_pylist()
    }
