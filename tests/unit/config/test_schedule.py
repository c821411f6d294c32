"""When monitors run, and how long trials may wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from tests.unit.monitoring.world import MODEL
from tidewatch.core.config import ModelConfig, Monitoring, Training
from tidewatch.core.config.schedule import Schedule

HOUR = timedelta(hours=1)


def monitoring(**schedule: object) -> Monitoring:
    return Monitoring.model_validate(MODEL.monitoring.model_dump() | {"schedule": schedule})


def training(**given: object) -> Training:
    return Training.model_validate(MODEL.training.model_dump() | given)


def test_without_a_schedule_monitors_run_as_often_as_the_stage_says() -> None:
    assert MODEL.monitoring.rate(HOUR) == HOUR


@pytest.mark.parametrize(
    ("every", "period"), [("hour", HOUR), ("day", 24 * HOUR), ("week", 168 * HOUR)]
)
def test_a_models_own_schedule_says_how_often(every: str, period: timedelta) -> None:
    assert monitoring(every=every).rate(timedelta(minutes=5)) == period


@pytest.mark.parametrize(
    "schedule",
    [
        {"every": "month"},
        {"every": "day", "at": "24:00"},
        {"every": "day", "at": "6"},
        {"every": "week", "on": "Someday"},
        {"every": "day", "time_zone": "five hours east"},
    ],
)
def test_times_that_do_not_exist_are_refused(schedule: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        monitoring(**schedule)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"])
def test_a_schedule_survives_the_way_to_the_jobs(zone: str) -> None:
    schedule = Schedule(every="week", on="SUN", at="22:15", time_zone=zone, spread=HOUR)
    sent = MODEL.model_copy(
        update={"monitoring": MODEL.monitoring.model_copy(update={"schedule": schedule})}
    )
    assert ModelConfig.model_validate_json(sent.model_dump_json()) == sent


def test_a_spot_trial_waits_at_least_as_long_as_it_may_run() -> None:
    assert training(spot_max_wait="30m").spot_max_wait == timedelta(minutes=30)
    with pytest.raises(ValidationError, match="spot_max_wait must be at least max_runtime"):
        training(spot_max_wait="29m")


def test_one_training_run_at_a_time_is_the_default() -> None:
    assert MODEL.training.concurrent_runs == 1
