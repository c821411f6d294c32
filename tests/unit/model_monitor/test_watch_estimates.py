"""The performance estimate: every closed window once, with or without labels."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitoring_jobs.model_monitor.watch_estimates import watch_estimates
from monitoring_jobs.model_monitor.watch_model import watch_model
from monitoring_jobs.model_monitor.watch_quality import watch_quality
from tests.unit.monitoring.world import (
    START,
    Traffic,
    World,
    baseline,
    new_world,
    serving,
    truth,
)
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import BaselineError
from tidewatch.core.estimate import fit_estimator
from tidewatch.core.profile import Baseline
from tidewatch.core.window import Window

UNIT = "performance_estimate"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = new_world(tmp_path)
    world.baselines.by_version["1"] = baseline(estimates=True)
    return world


def _estimates(world: World) -> list[dict[str, object]]:
    return [row for row in world.metrics() if row["unit"] == UNIT]


def test_a_closed_window_without_labels_is_estimated_with_an_interval(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1))
    watch_estimates(world.run())
    found = {str(row["metric"]): row for row in _estimates(world)}
    assert set(found) == {
        "verdict",
        "rows",
        "estimated_roc_auc",
        "estimated_roc_auc_lower",
        "estimated_roc_auc_upper",
        "estimated_roc_auc_drop",
        "estimated_accuracy",
        "estimated_precision",
        "estimated_recall",
        "estimated_f1",
        "estimated_positive_share",
    }
    lower, area, upper = (
        float(str(found[f"estimated_roc_auc{end}"]["value"])) for end in ("_lower", "", "_upper")
    )
    assert lower < area < upper
    assert area == pytest.approx(0.82, abs=0.03)
    assert found["verdict"]["verdict"] == "ok"
    assert found["rows"]["value"] == 400.0
    drop = found["estimated_roc_auc_drop"]
    assert (drop["verdict"], drop["critical"]) == ("ok", None)


def test_each_window_is_estimated_once_and_labels_do_not_reopen_it(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1), Traffic(day=2))
    watch_estimates(world.run())
    rows, events = _estimates(world), list(world.heard.events)
    assert len({row["day"] for row in rows}) == 2
    world.label(Traffic(day=0), flip=True)
    watch_estimates(world.run())
    assert (_estimates(world), world.heard.events) == (rows, events)


def test_an_estimate_never_hides_what_labels_of_an_older_window_said(world: World) -> None:
    world.log(Traffic(day=0), Traffic(day=1), Traffic(day=2))
    world.label(Traffic(day=0), flip=True)
    watch_model(world.run())
    assert world.heard.series("tidewatch_model_monitor_verdict") == {
        ("flights", "1", "champion"): 2.0
    }
    assert world.heard.series("tidewatch_performance_estimate_verdict") == {
        ("flights", "1", "champion"): 0.0
    }


def test_once_labels_come_the_estimate_is_compared_with_what_was_realised(world: World) -> None:
    part = Traffic(day=0)
    world.log(part, Traffic(day=1))
    world.label(part, flip=True)
    watch_quality(world.run())
    found = {row["metric"]: row["value"] for row in world.metrics()}
    assert found["estimate_error"] == pytest.approx(
        found["roc_auc"] - found["estimated_roc_auc"], abs=1e-12
    )
    assert found["estimate_error"] < -0.5


def test_scores_that_tell_less_are_a_warning_and_never_critical(world: World) -> None:
    blurred = world.baselines.by_version["1"]
    scores = dict(blurred.scores) | {"roc_auc": 0.999}
    world.baselines.by_version["1"] = type(blurred)(**vars(blurred) | {"scores": scores})
    world.log(Traffic(day=0), Traffic(day=1))
    watch_estimates(world.run())
    assert [event.verdict for event in world.heard.events] == ["warning"]
    [reason] = world.heard.events[0].reasons
    assert reason.metric == "estimated_roc_auc_drop"


def test_a_version_without_estimator_is_not_estimated(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.log(Traffic(day=0), Traffic(day=1))
    watch_estimates(world.run())
    assert _estimates(world) == []


@pytest.mark.parametrize(
    ("task", "classes", "metrics"),
    [
        ("regression", [], {"mae", "mae_lower", "mae_upper", "mae_rise", "rmse"}),
        (
            "multiclass_classification",
            ["a", "b", "c"],
            {"accuracy", "accuracy_lower", "accuracy_upper", "accuracy_drop"},
        ),
    ],
)
def test_other_tasks_have_estimates_of_their_own(
    task: str, classes: list[str], metrics: set[str], tmp_path: Path
) -> None:
    world = new_world(tmp_path)
    document = world.model.model_dump(mode="json") | {"task": task, "classes": classes}
    world.model = ModelConfig.model_validate(document)
    scores, labels = truth(4_000, seed=1)
    if classes:
        scores = scores.round()
    fitted = fit_estimator(world.model.task, labels, scores)
    assert fitted is not None
    known = vars(world.baselines.by_version["1"])
    realised = dict(fitted.realised(labels, scores))
    world.baselines.by_version["1"] = Baseline(
        **known | {"scores": realised, "estimator": fitted.to_document()}
    )
    world.log(Traffic(day=0), Traffic(day=1))
    watch_estimates(world.run())
    found = {str(row["metric"]): row for row in _estimates(world)}
    assert set(found) == {"verdict", "rows", *(f"estimated_{name}" for name in metrics)}
    assert found["verdict"]["verdict"] == "ok"


def test_each_variant_has_its_own_estimate(tmp_path: Path) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    for version in ("1", "2"):
        world.baselines.by_version[version] = baseline(estimates=True)
    world.log(Traffic(day=0), Traffic(day=0, version="2", variant="challenger"), Traffic(day=1))
    watch_estimates(world.run())
    assert [event.variant for event in world.heard.events] == ["champion", "challenger"]


def test_a_missing_baseline_fails_the_job_after_labels_and_estimates_were_judged(
    tmp_path: Path,
) -> None:
    world = new_world(tmp_path, serving(champion="1", challenger="2"))
    world.baselines.by_version["1"] = baseline(estimates=True)
    champion = Traffic(day=0)
    world.log(champion, Traffic(day=0, version="2", variant="challenger"), Traffic(day=1))
    world.label(champion)
    with pytest.raises(BaselineError, match="version 2"):
        watch_model(world.run())
    assert {(event.unit, event.version) for event in world.heard.events} == {
        ("model_monitor", "1"),
        (UNIT, "1"),
    }


def test_a_window_that_is_asked_for_is_estimated_now_and_again_when_it_has_closed(
    world: World,
) -> None:
    world.log(Traffic(day=0))
    watch_estimates(world.run(window=Window(START, START + timedelta(days=1))))
    assert len(_estimates(world)) == 11
    world.log(Traffic(day=1))
    watch_estimates(world.run())
    assert len(_estimates(world)) == 11
