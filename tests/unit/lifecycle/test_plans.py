"""Training plans, release plans, and the decision to retrain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tidewatch.core.errors import ConfigError
from tidewatch.core.lifecycle.release_plan import (
    Capacity,
    ReleasePlan,
    Variant,
    plan_release,
)
from tidewatch.core.lifecycle.retraining import Newest, decide_retraining
from tidewatch.core.lifecycle.training_plan import plan_training
from tidewatch.core.lifecycle.turn import Running, is_turn_of
from tidewatch.core.window import Window

NOW = datetime(2013, 4, 1, tzinfo=UTC)
SPAN = timedelta(days=90)
CAPACITY = Capacity(0.9, 0.1, "ml.m5.large", 1)
LIVE = (
    Variant("champion", "flights-1-a", "1", 0.7, "ml.c5.large", 3),
    Variant("challenger", "flights-2-b", "2", 0.3, "ml.c5.large", 2),
)


def test_a_run_ends_now_and_spans_what_the_model_asks() -> None:
    plan = plan_training({}, execution_id="arn:1", now=NOW, span=SPAN)
    assert plan.span == Window(NOW - SPAN, NOW)


def test_a_run_takes_the_times_it_is_given() -> None:
    request: dict[str, object] = {"train_start": "2013-01-01", "train_end": "2013-02-01T00:00:00Z"}
    plan = plan_training(request, execution_id="arn:1", now=NOW, span=SPAN)
    assert plan.span == Window(datetime(2013, 1, 1, tzinfo=UTC), datetime(2013, 2, 1, tzinfo=UTC))


def test_a_retried_plan_is_the_same_plan() -> None:
    first = plan_training({}, execution_id="arn:1", now=NOW, span=SPAN)
    assert plan_training({}, execution_id="arn:1", now=NOW, span=SPAN) == first
    assert plan_training({}, execution_id="arn:2", now=NOW, span=SPAN).run_id != first.run_id


@pytest.mark.parametrize("request_", [{"train_end": "soon"}, {"train_start": "2014-01-01"}])
def test_times_that_make_no_sense_are_refused(request_: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        plan_training(request_, execution_id="arn:1", now=NOW, span=SPAN)


def test_the_first_version_serves_as_both_variants() -> None:
    plan = plan_release(model="flights", version="1", live=(), capacity=CAPACITY, execution_id="e")
    assert plan is not None
    assert [(v.name, v.version, v.weight) for v in plan.variants] == [
        ("champion", "1", 0.9),
        ("challenger", "1", 0.1),
    ]
    assert {v.model_name for v in plan.variants} == {plan.new_model}


def test_a_later_version_becomes_the_challenger_and_the_champion_stays_as_it_is() -> None:
    plan = release("3", replace(CAPACITY, instance_type="ml.c5.large"))
    assert plan is not None
    champion, challenger = plan.variants
    assert champion == LIVE[0]
    assert (challenger.version, challenger.weight, challenger.instance_count) == ("3", 0.1, 2)


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_version_that_is_live_needs_no_release(version: str) -> None:
    assert release(version, replace(CAPACITY, instance_type="ml.c5.large")) is None


def test_another_type_of_instance_is_taken_with_the_next_release() -> None:
    plan = release("3", CAPACITY)
    assert plan is not None
    champion, challenger = plan.variants
    assert champion == replace(LIVE[0], instance_type="ml.m5.large")
    assert challenger.instance_type == "ml.m5.large"


@pytest.mark.parametrize("version", ["1", "2"])
def test_releasing_what_is_live_takes_another_type_of_instance_and_changes_nothing_else(
    version: str,
) -> None:
    plan = release(version, CAPACITY)
    assert plan is not None
    assert plan.new_model is None
    assert plan.variants == tuple(replace(item, instance_type="ml.m5.large") for item in LIVE)


def test_a_live_number_of_instances_is_kept_between_the_limits_of_scaling() -> None:
    plan = release("1", replace(CAPACITY, instance_type="ml.c5.large", fewest=1, most=2))
    assert plan is not None
    assert [item.instance_count for item in plan.variants] == [2, 2]
    plan = release("3", replace(CAPACITY, fewest=4, most=9))
    assert plan is not None
    assert [item.instance_count for item in plan.variants] == [4, 4]


def release(version: str, capacity: Capacity) -> ReleasePlan | None:
    return plan_release(
        model="flights", version=version, live=LIVE, capacity=capacity, execution_id="e"
    )


FIRST, SECOND, THIRD = (
    Running(NOW + timedelta(seconds=second), name)
    for second, name in ((0, "z"), (1, "y"), (2, "x"))
)


@pytest.mark.parametrize(
    ("run", "at_once", "its_turn"),
    [("z", 1, True), ("y", 1, False), ("x", 1, False), ("y", 2, True), ("x", 2, False)],
)
def test_runs_take_their_turn_in_the_order_they_were_started(
    run: str, at_once: int, its_turn: bool
) -> None:
    assert is_turn_of(run, [THIRD, FIRST, SECOND], at_once) is its_turn


def test_a_run_that_is_not_listed_yet_is_the_newest() -> None:
    assert is_turn_of("new", [], 1)
    assert not is_turn_of("new", [FIRST], 1)


WINDOW = Window(datetime(2013, 5, 1, tzinfo=UTC), datetime(2013, 5, 8, tzinfo=UTC))
MONTH = timedelta(days=28)


def test_a_critical_window_with_enough_new_data_retrains_up_to_its_end() -> None:
    decision = decide_retraining(
        WINDOW, version="1", newest=Newest("1", NOW), min_new_data=MONTH, running=False
    )
    assert decision.train_end == WINDOW.end


@pytest.mark.parametrize(
    ("newest", "running", "why"),
    [
        (None, False, "no version"),
        (Newest("1", WINDOW.end - timedelta(days=27)), False, "newer"),
        (Newest("2", NOW), False, "version 2"),
        (Newest("1", NOW), True, "under way"),
    ],
)
def test_retraining_waits_where_it_would_not_help(
    newest: Newest | None, running: bool, why: str
) -> None:
    decision = decide_retraining(
        WINDOW, version="1", newest=newest, min_new_data=MONTH, running=running
    )
    assert decision.train_end is None
    assert why in decision.reason
