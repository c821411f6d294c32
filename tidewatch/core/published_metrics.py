"""The catalogue of what the monitors publish: the names that alarms and dashboards may rely on.

Series go to Prometheus as `tidewatch_<unit>_<metric>`, aggregates to CloudWatch as
`<unit>_<metric>` in the namespace `Tidewatch`. A metric that a model's file adds is published by
the model monitor, under its own name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tidewatch.core.config.user_metric import RESERVED, is_reserved
from tidewatch.core.distances.feature import STATISTICS

NAMESPACE = "Tidewatch"
"""The CloudWatch namespace of all aggregates."""

LABELS = frozenset({"model", "version", "variant", "feature", "segment"})
"""The labels that a series may have."""

STANDING = "critical"
"""Whether anybody who serves is judged critical now: an aggregate of the model alone, and one of
each variant by `Model` and `Variant`."""

_PREFIX = "tidewatch_"
_OF_WINDOW = (frozenset({"Model", "Version", "Variant"}),)
_OF_STANDING = (frozenset({"Model"}), frozenset({"Model", "Variant"}))
_LAST_SUCCESS = "last_success_timestamp_seconds"
_WINDOW_END = "window_end_timestamp_seconds"
_ESTIMATED = re.compile(r"estimated_[a-z0-9_]+")


@dataclass(frozen=True)
class UnitMetrics:
    """What one unit measures: of the whole and, in series only, of a feature."""

    of_whole: frozenset[str]
    of_features: frozenset[str] = frozenset()


UNITS: Mapping[str, UnitMetrics] = {
    "prediction_log": UnitMetrics(
        frozenset({"verdict", "read_rows", "good_rows", "quarantined_rows", "quarantined_share"}),
        frozenset({"quarantined_reason_rows"}),
    ),
    "capture": UnitMetrics(frozenset({"verdict", "ratio", "answered", "captured"})),
    "data_monitor": UnitMetrics(
        frozenset({"verdict", "rows", "drifted_share", "mean_psi", "data_quality"}),
        frozenset({"verdict", *STATISTICS}),
    ),
    "model_monitor": UnitMetrics(RESERVED, RESERVED),
    "performance_estimate": UnitMetrics(frozenset({"verdict", "rows"})),
    "report": UnitMetrics(frozenset()),
}


def series_name(unit: str, metric: str) -> str:
    """The name of a series.

    >>> series_name("data_monitor", "psi")
    'tidewatch_data_monitor_psi'
    """
    return f"{_PREFIX}{unit}_{metric}"


def aggregate_name(unit: str, metric: str) -> str:
    """The name of an aggregate."""
    return f"{unit}_{metric}"


def heartbeat_name(unit: str) -> str:
    """The series whose absence says that nobody watches."""
    return series_name(unit, _LAST_SUCCESS)


def window_end_name(unit: str) -> str:
    """The series that says how new the newest judged window is."""
    return series_name(unit, _WINDOW_END)


def is_our_series(name: str) -> bool:
    """Whether a series of this name would be ours to publish."""
    return name.startswith(_PREFIX)


def is_published_series(name: str, added: Collection[str] = ()) -> bool:
    """Whether some monitor publishes this series; `added` are metrics of the models' files.

    >>> is_published_series("tidewatch_data_monitor_psi")
    True
    >>> is_published_series("tidewatch_data_monitor_psy")
    False
    """
    unit, metric = _split(name.removeprefix(_PREFIX))
    if unit is None or not is_our_series(name):
        return False
    if metric == _LAST_SUCCESS or (metric == _WINDOW_END and UNITS[unit].of_whole):
        return True
    return metric in UNITS[unit].of_features or _measures(unit, metric, added)


def is_published_aggregate(name: str, added: Collection[str] = ()) -> bool:
    """Whether some monitor puts this aggregate into `NAMESPACE`."""
    unit, metric = _split(name)
    if unit is None:
        return False
    return (metric == STANDING and bool(UNITS[unit].of_whole)) or _measures(unit, metric, added)


def dimensions_of(name: str) -> tuple[frozenset[str], ...]:
    """The sets of dimensions that an aggregate is put with.

    >>> [sorted(names) for names in dimensions_of("data_monitor_mean_psi")]
    [['Model', 'Variant', 'Version']]
    """
    return _OF_STANDING if _split(name)[1] == STANDING else _OF_WINDOW


def _split(name: str) -> tuple[str | None, str]:
    unit = next((unit for unit in UNITS if name.startswith(f"{unit}_")), None)
    return unit, name.removeprefix(f"{unit}_")


def _measures(unit: str, metric: str, added: Collection[str]) -> bool:
    """Whether the unit measures `metric` of the whole."""
    if metric in UNITS[unit].of_whole:
        return True
    if unit == "model_monitor":
        return is_reserved(metric) or metric in added
    return unit == "performance_estimate" and _ESTIMATED.fullmatch(metric) is not None
