"""The model monitor judges windows that have labels, and again when they have more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitoring_jobs.model_monitor.watch_quality import watch_quality
from tests.unit.monitoring.world import START, Traffic, World, baseline, new_world, serving
from tidewatch.core.errors import BaselineError
from tidewatch.core.window import Window


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def test_a_window_is_scored_against_the_labels_and_judged_against_the_baselines_scores(
    world: World,
) -> None:
    good, bad = Traffic(day=0), Traffic(day=1)
    world.log(good, bad, Traffic(day=2))
    world.label(good)
    world.label(bad, flip=True)
    watch_quality(world.run())
    assert world.verdicts() == {
        ("2013-04-01", "1", "champion"): "ok",
        ("2013-04-02", "1", "champion"): "critical",
    }
    first = {r["metric"]: r for r in world.metrics() if str(r["day"]) == "2013-04-01"}
    assert first["roc_auc"]["value"] > 0.75
    assert first["roc_auc_drop"]["verdict"] == "ok"
    assert first["labelled_share"]["value"] == 1.0
    assert first["rows"]["value"] == 400.0
    cells = ("true_positive", "false_positive", "false_negative", "true_negative")
    assert sum(first[cell]["value"] for cell in cells) == 400.0


def test_a_window_without_labels_is_not_judged(world: World) -> None:
    labelled = Traffic(day=0)
    world.log(labelled, Traffic(day=1), Traffic(day=2))
    world.label(labelled)
    watch_quality(world.run())
    assert list(world.verdicts()) == [("2013-04-01", "1", "champion")]


def test_late_labels_reopen_only_the_windows_they_touch(world: World) -> None:
    first, second = Traffic(day=0), Traffic(day=1)
    world.log(first, second, Traffic(day=2))
    world.label(first, last=200)
    world.label(second)
    watch_quality(world.run())
    before = world.metrics()
    world.label(first, first=200)
    watch_quality(world.run())
    after = world.metrics()
    untouched = [row for row in before if str(row["day"]) == "2013-04-02"]
    assert [row for row in after if str(row["day"]) == "2013-04-02"] == untouched
    rows = {(str(r["day"]), r["value"]) for r in after if r["metric"] == "rows"}
    assert rows == {("2013-04-01", 400.0), ("2013-04-02", 400.0)}
    assert len(after) == len(before)


def test_a_window_judged_again_with_the_same_verdict_is_no_news(world: World) -> None:
    part = Traffic(day=0)
    world.log(part, Traffic(day=1))
    world.label(part, last=200)
    watch_quality(world.run())
    world.label(part, first=200)
    watch_quality(world.run())
    assert world.heard.verdicts() == [("2013-04-01", "1", "champion", "ok")]


def test_a_verdict_that_labels_change_is_news(world: World) -> None:
    part = Traffic(day=0)
    world.log(part, Traffic(day=1))
    world.label(part, last=50)
    watch_quality(world.run())
    world.label(part, first=50, flip=True)
    watch_quality(world.run())
    assert [verdict for *_, verdict in world.heard.verdicts()] == ["insufficient_data", "critical"]


def test_running_again_changes_nothing(world: World) -> None:
    part = Traffic(day=0)
    world.log(part, Traffic(day=1))
    world.label(part)
    watch_quality(world.run())
    rows, events = world.metrics(), list(world.heard.events)
    watch_quality(world.run())
    assert (world.metrics(), world.heard.events) == (rows, events)


def test_each_variant_has_its_own_scores(tmp_path: Path) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    world.baselines.by_version["2"] = baseline()
    champion, challenger = Traffic(day=0), Traffic(day=0, version="2", variant="challenger")
    world.log(champion, challenger, Traffic(day=1))
    world.label(champion)
    world.label(challenger, flip=True)
    watch_quality(world.run())
    assert world.verdicts() == {
        ("2013-04-01", "1", "champion"): "ok",
        ("2013-04-01", "2", "challenger"): "critical",
    }


def test_labels_of_one_variant_do_not_judge_the_other_again(tmp_path: Path) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    world.baselines.by_version["2"] = baseline()
    champion, challenger = Traffic(day=0), Traffic(day=0, version="2", variant="challenger")
    world.log(champion, challenger, Traffic(day=1))
    world.label(champion)
    watch_quality(world.run())
    world.label(challenger)
    watch_quality(world.run())
    assert world.heard.verdicts() == [
        ("2013-04-01", "1", "champion", "ok"),
        ("2013-04-01", "2", "challenger", "ok"),
    ]
    assert len(world.verdicts()) == 2


def test_a_missing_baseline_fails_the_job_after_all_others_were_judged(tmp_path: Path) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    champion, challenger = Traffic(day=0), Traffic(day=0, version="2", variant="challenger")
    world.log(champion, challenger, Traffic(day=1))
    world.label(champion)
    world.label(challenger)
    with pytest.raises(BaselineError, match="version 2"):
        watch_quality(world.run())
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "ok"}
    world.baselines.by_version["2"] = baseline()
    watch_quality(world.run())
    assert len(world.heard.events) == 2


def test_a_window_that_is_asked_for_is_judged_now(world: World) -> None:
    part = Traffic(day=0)
    world.log(part)
    world.label(part)
    watch_quality(world.run())
    assert world.heard.events == []
    watch_quality(world.run(window=Window(START, START + timedelta(days=1))))
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "ok"}
