"""The data monitor judges each window once, per variant, against the right baseline."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitoring_jobs.data_monitor.watch_data import watch_data
from tests.unit.monitoring.world import NOW, START, Traffic, World, baseline, new_world, serving
from tidewatch.aws.baselines import PackageBaselines
from tidewatch.aws.cloudwatch import Aggregate
from tidewatch.core.errors import BaselineError
from tidewatch.core.verdict import Noise
from tidewatch.core.window import Window


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def of_windows(world: World) -> list[Aggregate]:
    return [item for item in world.heard.aggregates if "Version" in item.dimensions]


def test_a_closed_window_is_judged_and_an_open_one_is_not(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1, shift=3.0), Traffic(day=2))
    watch_data(world.run())
    assert world.verdicts() == {
        ("2013-04-01", "1", "champion"): "ok",
        ("2013-04-02", "1", "champion"): "critical",
    }


def test_drift_is_measured_per_feature_and_as_a_whole(world: World) -> None:
    world.log(Traffic(day=0, shift=3.0), Traffic(day=1))
    watch_data(world.run())
    found = {(row["metric"], row["feature"]): row for row in world.metrics()}
    temp = found["psi", "temp"]
    assert (temp["verdict"], temp["direction"], temp["rows"]) == (
        "critical",
        "higher_is_worse",
        400,
    )
    assert found["psi", "carrier"]["verdict"] == "ok"
    assert found["psi", "score"]["verdict"] == "ok"
    assert found["verdict", "temp"]["value"] == 2.0
    assert found["drifted_share", ""]["value"] == 0.5
    assert found["rows", ""]["value"] == 400.0


def test_what_the_training_windows_did_themselves_is_no_drift(world: World) -> None:
    wandering = {"temp": {"psi": Noise(6.0, 30.0), "outlier_rise": Noise(0.0, 1.0)}}
    world.baselines.by_version["1"] = replace(
        baseline(), feature_noise=wandering, score_noise={"score": {"psi": Noise(0.5, 0.75)}}
    )
    world.log(Traffic(day=0, shift=3.0), Traffic(day=1))
    watch_data(world.run())
    found = {(row["metric"], row["feature"]): row for row in world.metrics()}
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "ok"}
    assert (found["psi", "temp"]["warning"], found["psi", "temp"]["critical"]) == (30.0, 30.0)
    assert found["psi", "temp"]["value"] > 1
    assert (found["psi", "score"]["warning"], found["psi", "score"]["critical"]) == (0.75, 0.75)


def test_only_the_newest_window_is_shown_but_every_window_has_its_event(world: World) -> None:
    world.log(Traffic(day=0, shift=3.0), Traffic(day=1), Traffic(day=2))
    watch_data(world.run())
    assert world.heard.series("tidewatch_data_monitor_verdict")["flights", "1", "champion"] == 0.0
    assert world.heard.series("tidewatch_data_monitor_window_end_timestamp_seconds") == {
        ("flights", "1", "champion"): (START + timedelta(days=2)).timestamp()
    }
    assert world.heard.verdicts() == [
        ("2013-04-01", "1", "champion", "critical"),
        ("2013-04-02", "1", "champion", "ok"),
    ]
    assert {a.name for a in of_windows(world)} >= {
        "data_monitor_verdict",
        "data_monitor_drifted_share",
        "data_monitor_data_quality",
        "data_monitor_mean_psi",
        "data_monitor_rows",
    }
    assert len(of_windows(world)) == 5


def test_every_run_says_whether_a_serving_version_stands_critical(world: World) -> None:
    world.log(Traffic(day=0, shift=3.0), Traffic(day=1))
    watch_data(world.run())
    watch_data(world.run())
    world.log(Traffic(day=2))
    watch_data(world.run())
    standing = [a for a in world.heard.aggregates if a.name == "data_monitor_critical"]
    whole, champion = {"Model": "flights"}, {"Model": "flights", "Variant": "champion"}
    assert [(dict(a.dimensions), a.value) for a in standing] == [
        (dimensions, value) for value in (1.0, 1.0, 0.0) for dimensions in (whole, champion)
    ]


def test_an_event_names_the_limits_that_were_passed(world: World) -> None:
    world.log(Traffic(day=0, shift=3.0), Traffic(day=1))
    watch_data(world.run())
    (event,) = world.heard.events
    assert (event.unit, event.model, event.start, event.end) == (
        "data_monitor",
        "flights",
        "2013-04-01T00:00:00Z",
        "2013-04-02T00:00:00Z",
    )
    passed = {(reason.metric, reason.feature) for reason in event.reasons}
    assert ("psi", "temp") in passed
    assert all(reason.value >= reason.threshold for reason in event.reasons if reason.value)


def test_running_again_changes_nothing(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1), Traffic(day=2))
    watch_data(world.run())
    rows, events, aggregates = (
        world.metrics(),
        list(world.heard.events),
        of_windows(world),
    )
    watch_data(world.run())
    assert world.metrics() == rows
    assert world.heard.events == events
    assert of_windows(world) == aggregates


def test_two_runs_at_a_time_leave_the_same_rows_and_one_event_a_window(world: World) -> None:
    world.log(*(Traffic(day=day, shift=day) for day in range(4)))
    alone = new_world(Path(world.root) / "alone")
    alone.log(*(Traffic(day=day, shift=day) for day in range(4)))
    watch_data(alone.run())
    errors: list[BaseException] = []

    def run() -> None:
        try:
            watch_data(world.run())
        except BaseException as error:  # noqa: BLE001 - the test reports it
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert world.metrics() == alone.metrics()
    assert sorted(world.heard.verdicts()) == sorted(alone.heard.verdicts())


def test_each_variant_is_judged_against_the_baseline_of_the_version_that_served_it(
    tmp_path: Path,
) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    world.baselines.by_version["2"] = baseline(shift=3.0)
    for day in (0, 1):
        world.log(
            Traffic(day=day, version="1", variant="champion", shift=3.0),
            Traffic(day=day, version="2", variant="challenger", shift=3.0),
        )
    watch_data(world.run())
    assert world.verdicts() == {
        ("2013-04-01", "1", "champion"): "critical",
        ("2013-04-01", "2", "challenger"): "ok",
    }


def test_too_few_rows_are_insufficient_data(world: World) -> None:
    world.log(Traffic(day=0, rows=50, shift=9.0), Traffic(day=1))
    watch_data(world.run())
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "insufficient_data"}


def test_an_empty_window_between_others_is_insufficient_data_for_who_serves(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=2), Traffic(day=3))
    watch_data(world.run())
    assert world.verdicts() == {
        ("2013-04-01", "1", "champion"): "ok",
        ("2013-04-02", "1", "champion"): "insufficient_data",
        ("2013-04-03", "1", "champion"): "ok",
    }
    empty = [row for row in world.metrics() if str(row["day"]) == "2013-04-02"]
    assert {row["metric"]: row["rows"] for row in empty} == {"verdict": 0, "rows": 0}


def test_without_any_traffic_nothing_is_judged_and_the_monitor_lives(world: World) -> None:
    watch_data(world.run())
    assert world.metrics() == []
    assert world.heard.series("tidewatch_data_monitor_last_success_timestamp_seconds") == {
        ("flights",): NOW.timestamp()
    }


def test_a_missing_baseline_fails_the_job_after_all_others_were_judged(tmp_path: Path) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    world.log(Traffic(day=0), Traffic(day=0, version="2", variant="challenger"), Traffic(day=1))
    baselines = PackageBaselines("flights", world.versions)
    baselines._read["1"] = baseline()
    with pytest.raises(BaselineError, match=r"model flights, version 2.*no property 'baseline'"):
        watch_data(world.run(baselines=baselines))
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "ok"}
    assert world.heard.verdicts() == [("2013-04-01", "1", "champion", "ok")]
    assert not world.heard.series("tidewatch_data_monitor_last_success_timestamp_seconds")


def test_a_baseline_that_appears_later_completes_the_window(tmp_path: Path) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    world.log(Traffic(day=0), Traffic(day=0, version="2", variant="challenger"), Traffic(day=1))
    with pytest.raises(BaselineError):
        watch_data(world.run())
    world.baselines.by_version["2"] = baseline()
    watch_data(world.run())
    assert world.heard.verdicts() == [
        ("2013-04-01", "1", "champion", "ok"),
        ("2013-04-01", "2", "challenger", "ok"),
    ]


def test_a_category_never_seen_in_training_is_counted_and_is_drift(world: World) -> None:
    world.log(Traffic(day=0, carrier="ZZ"), Traffic(day=1))
    watch_data(world.run())
    found = {(row["metric"], row["feature"]): row for row in world.metrics()}
    assert found["unseen_share", "carrier"]["value"] == 1.0
    assert found["psi", "carrier"]["verdict"] == "critical"


def test_a_baseline_with_a_feature_that_the_log_lacks_is_a_fault_of_that_version(
    tmp_path: Path,
) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    world.baselines.by_version["2"] = baseline(extra="gust")
    world.log(Traffic(day=0), Traffic(day=0, version="2", variant="challenger"), Traffic(day=1))
    with pytest.raises(BaselineError, match="feature 'gust'"):
        watch_data(world.run())
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "ok"}


def test_a_window_that_is_asked_for_before_it_closed_is_judged_once_more_when_it_has(
    world: World,
) -> None:
    window = Window(START, START + timedelta(days=1))
    world.log(Traffic(day=0, rows=50))
    watch_data(world.run(window=window))
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "insufficient_data"}
    world.log(Traffic(day=0, rows=400), Traffic(day=1))
    watch_data(world.run())
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "ok"}
    assert world.heard.verdicts() == [
        ("2013-04-01", "1", "champion", "insufficient_data"),
        ("2013-04-01", "1", "champion", "ok"),
    ]


def test_a_judged_window_that_is_asked_for_again_is_replaced_and_is_no_news(world: World) -> None:
    world.log(Traffic(day=0, shift=3.0), Traffic(day=1))
    watch_data(world.run())
    rows = world.metrics()
    watch_data(world.run(window=Window(START, START + timedelta(days=1))))
    assert world.metrics() == rows
    assert world.heard.verdicts() == [("2013-04-01", "1", "champion", "critical")]


def test_rows_later_than_the_lateness_do_not_reopen_a_judged_window(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1))
    watch_data(world.run())
    rows = world.metrics()
    world.log(Traffic(day=0, variant="challenger", shift=9.0))
    watch_data(world.run())
    assert world.metrics() == rows
