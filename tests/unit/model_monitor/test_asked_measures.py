"""Segments and the model's own metrics, from the prediction log to what is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from monitoring_jobs.model_monitor.watch_quality import watch_quality
from tests.unit.monitoring.world import Traffic, World, baseline, new_world
from tidewatch.aws import ledger
from tidewatch.aws.tables import METRICS, ensure_table
from tidewatch.aws.transactions import with_transactions
from tidewatch.core.config import ModelConfig
from tidewatch.core.config.user_metric import is_reserved
from tidewatch.core.errors import BaselineError
from tidewatch.monitoring.history import History, Judging


def asking(folder: Path, **monitoring: Any) -> World:
    world = new_world(folder)
    document = world.model.model_dump(mode="json")
    document["monitoring"] |= monitoring
    world.model = ModelConfig.model_validate(document)
    world.heard.added = tuple(world.model.monitoring.metrics)
    return world


def judge(world: World, flip: bool = False) -> None:
    part = Traffic(day=0)
    world.log(part, Traffic(day=1))
    world.label(part, flip=flip)
    watch_quality(world.run())


def test_quality_is_measured_in_each_segment_and_goes_where_it_should(tmp_path: Path) -> None:
    world = asking(tmp_path, segments=["carrier"])
    judge(world)
    areas = {r["segment"]: r["value"] for r in world.metrics() if r["metric"] == "roc_auc"}
    assert areas.keys() == {"", "carrier=AA", "carrier=DL", "carrier=UA"}
    counts = {r["segment"]: r["value"] for r in world.metrics() if r["metric"] == "rows"}
    assert counts.pop("") == sum(counts.values()) == 400.0
    assert world.heard.series("tidewatch_model_monitor_roc_auc").keys() == {
        ("flights", "1", "champion"),
        *(("flights", "1", "champion", f"carrier={name}") for name in ("AA", "DL", "UA")),
    }
    assert len([a for a in world.heard.aggregates if a.name == "model_monitor_roc_auc"]) == 1


def test_a_segment_of_few_rows_is_counted_and_not_measured(tmp_path: Path) -> None:
    world = asking(tmp_path, segments=["carrier"], min_rows=350)
    judge(world)
    names = {r["metric"] for r in world.metrics() if r["segment"]}
    assert names == {"rows"}


def test_a_kpi_with_limits_is_part_of_the_verdict_and_its_reason(tmp_path: Path) -> None:
    metric = {
        "sql": "avg(label) FILTER (WHERE score > 0.9)",
        "limits": {"warning": 0.9, "critical": 0.5},
        "direction": "lower_is_worse",
    }
    world = asking(tmp_path, segments=["carrier"], metrics={"win_rate": metric})
    judge(world, flip=True)
    [event] = world.heard.events
    assert event.verdict == "critical"
    assert "win_rate" in {reason.metric for reason in event.reasons}
    found = {r["segment"]: r["verdict"] for r in world.metrics() if r["metric"] == "win_rate"}
    assert found == {
        "": "critical",
        "carrier=AA": None,
        "carrier=DL": None,
        "carrier=UA": None,
    }


def test_a_kpi_reads_times_answers_and_features_of_every_prediction(tmp_path: Path) -> None:
    metrics = {
        "morning": {"sql": "count(*) FILTER (WHERE hour(event_time) < 12)"},
        "flyers": {"sql": "count(DISTINCT carrier)"},
        "last_id": {"sql": "max(regexp_extract(inference_id, '[0-9]+$')::INT)"},
        "versions": {"sql": "count(DISTINCT version || variant)"},
    }
    world = asking(tmp_path, metrics=metrics)
    judge(world)
    found = {row["metric"]: row["value"] for row in world.metrics()}
    assert [found[name] for name in metrics] == [200.0, 3.0, 399.0, 1.0]


def test_a_faulty_expression_is_named_and_all_else_is_judged(tmp_path: Path) -> None:
    metrics = {"typo": {"sql": "avg(lable)"}, "mean_temp": {"sql": "avg(temp)"}}
    world = asking(tmp_path, metrics=metrics)
    with pytest.raises(BaselineError, match=r"monitoring\.metrics\.typo"):
        judge(world)
    found = {row["metric"]: row["value"] for row in world.metrics()}
    assert found["mean_temp"] == pytest.approx(0, abs=0.2)
    assert "typo" not in found
    assert world.heard.verdicts() == [("2013-04-01", "1", "champion", "ok")]
    rows, events = world.metrics(), len(world.heard.events)
    with pytest.raises(BaselineError, match="typo"):
        watch_quality(world.run())
    assert (world.metrics(), len(world.heard.events)) == (rows, events)


def test_a_segment_that_the_version_does_not_know_is_named_and_the_whole_is_judged(
    tmp_path: Path,
) -> None:
    world = asking(tmp_path, segments=["carrier"])
    known = world.baselines.by_version["1"]
    features = {"temp": known.features.features["temp"]}
    profile = type(known.features)(**vars(known.features) | {"features": features})
    world.baselines.by_version["1"] = type(known)(**vars(known) | {"features": profile})
    with pytest.raises(BaselineError, match=r"monitoring\.segments: carrier"):
        judge(world)
    assert world.verdicts() == {("2013-04-01", "1", "champion"): "ok"}


def test_every_metric_of_the_monitor_has_a_reserved_name(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    world.baselines.by_version["1"] = baseline(estimates=True)
    judge(world)
    names = {row["metric"] for row in world.metrics()}
    assert {name for name in names if not is_reserved(name)} == set()


def test_a_history_from_before_there_were_segments_grows_the_column_and_is_read(
    tmp_path: Path,
) -> None:
    world = new_world(tmp_path / "new")
    judge(world)
    now, marks = with_transactions(f"{world.root}/metrics")
    uri = str(tmp_path / "old" / "metrics")
    old = ensure_table(uri, METRICS.remove(METRICS.get_field_index("segment")))
    ledger.append(old, now.to_pyarrow_table().drop_columns(["segment"]), marks)

    history = History(str(tmp_path / "old"), "model_monitor", "flights")
    [(window, subject, evidence)] = history.subjects()
    [judged] = history.read(window, [subject])
    assert (judged.verdict.value, {item.segment for item in judged.measurements}) == ("ok", {""})

    history.record(Judging(window, (judged,), {subject: evidence + 1}, evidence + 1), world.time)
    table = DeltaTable(uri)
    assert table.count() == now.count()
    assert set(table.to_pyarrow_table()["segment"].to_pylist()) == {""}
