"""The catalogue knows what the monitors publish, and nothing else.

That every monitor keeps to it is asserted where tests listen to them: `monitoring/world.py`.
"""

from __future__ import annotations

import pytest

from tidewatch.core.published_metrics import (
    STANDING,
    UNITS,
    aggregate_name,
    dimensions_of,
    heartbeat_name,
    is_published_aggregate,
    is_published_series,
    series_name,
    window_end_name,
)


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_has_a_heartbeat(unit: str) -> None:
    assert is_published_series(heartbeat_name(unit))


def test_a_unit_that_judges_tells_its_newest_window_and_what_stands() -> None:
    assert is_published_series(window_end_name("data_monitor"))
    assert not is_published_series(window_end_name("report"))
    name = aggregate_name("data_monitor", STANDING)
    assert is_published_aggregate(name)
    assert frozenset({"Model"}) in dimensions_of(name)


def test_what_is_of_features_alone_is_no_aggregate() -> None:
    assert is_published_series(series_name("data_monitor", "psi"))
    assert not is_published_aggregate(aggregate_name("data_monitor", "psi"))


@pytest.mark.parametrize(
    "name",
    [
        "tidewatch_data_monitor_psy",
        "tidewatch_model_monitor_win_rate",
        "tidewatch_nobody_rows",
        "data_monitor_psi",
        "up",
    ],
)
def test_other_series_are_not_published(name: str) -> None:
    assert not is_published_series(name)


def test_a_metric_of_a_models_file_is_published_by_the_model_monitor_alone() -> None:
    added = ("win_rate",)
    assert is_published_series(series_name("model_monitor", "win_rate"), added)
    assert is_published_aggregate(aggregate_name("model_monitor", "win_rate"), added)
    assert not is_published_series(series_name("data_monitor", "win_rate"), added)
