"""A window on several machines: the same verdicts as on one, or a refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable

from monitoring_jobs.data_monitor import read_window
from monitoring_jobs.data_monitor.hand_over import Handover, judge_plan, watch_or_hand_over
from monitoring_jobs.data_monitor.watch_data import watch_data
from monitoring_jobs.shard_profile.profile_shares import Share, profile_share, shares_in
from tests.unit.monitoring.world import START, Traffic, World, baseline, new_world, serving
from tests.unit.shards.memory_store import MemoryStore
from tidewatch.core.engine import Engine
from tidewatch.core.errors import BaselineError, DataError
from tidewatch.core.window import Window
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.shards.errors import ShardError
from tidewatch.monitoring.shards.plan_folder import PlanFolder

TRAFFIC = (
    Traffic(day=0, rows=700),
    Traffic(day=0, version="2", variant="challenger", rows=300, shift=1.0),
    Traffic(day=1, rows=900, shift=3.0),
    Traffic(day=1, version="2", variant="challenger", rows=450),
    Traffic(day=2, rows=120),
)


def new(folder: Path, **monitoring: object) -> World:
    world = new_world(folder, serving(champion="1", challenger="2"))
    world.baselines.by_version["2"] = baseline(shift=0.5)
    changed = world.model.monitoring.model_copy(update=monitoring)
    world.model = world.model.model_copy(update={"monitoring": changed})
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = new(tmp_path / "sharded", engine="sharded", shard_rows=1_000, instances=3)
    world.log(*TRAFFIC)
    return world


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def planned(run: MonitorRun, store: MemoryStore) -> PlanFolder:
    handover = watch_or_hand_over(run, store)
    assert handover.plan
    return PlanFolder(store, "flights", handover.plan)


def profiled(run: MonitorRun, store: MemoryStore) -> PlanFolder:
    folder = planned(run, store)
    for number in range(folder.plan.shares):
        profile_share(folder, number, processes=1)
    return folder


def part_key(store: MemoryStore) -> str:
    return next(key for key in store.bodies if "/parts/" in key)


def test_shards_judge_as_one_machine_does(tmp_path: Path, world: World, store: MemoryStore) -> None:
    alone = new(tmp_path / "alone")
    alone.log(*TRAFFIC)
    watch_data(alone.run())
    judge_plan(world.run(), profiled(world.run(), store))
    assert len({key for key in store.bodies if "/parts/" in key}) == 3
    single, sharded = alone.metrics(), world.metrics()
    assert len(sharded) == len(single) > 50
    for one, other in zip(single, sharded, strict=True):
        assert one | {"value": 0} == other | {"value": 0}
        assert (other["value"] is None) == (one["value"] is None)
        assert (other["value"] or 0) == pytest.approx(one["value"] or 0, rel=1e-12, abs=1e-15)
    assert sorted(world.heard.verdicts()) == sorted(alone.heard.verdicts())


def test_all_cores_of_one_machine_judge_as_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, cores = new(tmp_path / "alone"), new(tmp_path / "cores")
    alone.log(*TRAFFIC)
    watch_data(alone.run())
    cores.log(*TRAFFIC)
    monkeypatch.setattr(read_window, "WORTH_PROCESSES", 1_000)  # only the second day has as many
    monkeypatch.setattr(read_window, "cores", lambda: 2)
    watch_data(cores.run())
    for one, other in zip(alone.metrics(), cores.metrics(), strict=True):
        assert one | {"value": 0} == other | {"value": 0}
        assert (other["value"] or 0) == pytest.approx(one["value"] or 0, rel=1e-12, abs=1e-15)


def test_every_count_is_that_of_one_machine(
    tmp_path: Path, world: World, store: MemoryStore
) -> None:
    whole = new(tmp_path / "whole", engine="sharded", shard_rows=10_000)
    whole.log(*TRAFFIC)
    one = profiled(whole.run(), MemoryStore())
    many = profiled(world.run(), store)
    assert (one.plan.shares, many.plan.shares) == (1, 3)
    for window, part in one.merged().items():
        other = many.merged()[window].profiles
        assert other.seen == part.profiles.seen
        for subject, profiles in part.profiles.subjects.items():
            for name, feature in profiles.features.features.items():
                again = other.subjects[subject].features.features[name]
                assert again.counts.tolist() == feature.counts.tolist()
                assert again.missing == feature.missing


def test_processes_of_one_machine_count_the_same(world: World, store: MemoryStore) -> None:
    folder = planned(world.run(), store)
    profile_share(folder, 0, processes=2)
    apart = store.bodies.pop(part_key(store))
    profile_share(folder, 0, processes=1)
    together = store.bodies[part_key(store)]
    folder.save(folder.load(0))
    for body in (apart, together):
        store.bodies[part_key(store)] = body
        parts = folder.load(0).parts
        assert sum(part.read for part in parts.values()) == sum(
            item.file.rows for item in folder.plan.share(0)
        )


def test_dead_files_of_the_table_are_not_read(world: World, store: MemoryStore) -> None:
    uri = f"{world.root}/prediction_log/flights"
    before = set(DeltaTable(uri).file_uris())
    DeltaTable(uri).optimize.compact()
    assert all(Path(path).exists() for path in before)  # dead, and still there
    folder = profiled(world.run(), store)
    judge_plan(world.run(), folder)
    rows = [
        row["value"] for row in world.metrics() if (row["metric"], row["feature"]) == ("rows", "")
    ]
    assert sorted(rows) == [300.0, 450.0, 700.0, 900.0]


def test_running_all_of_it_again_changes_nothing(world: World, store: MemoryStore) -> None:
    folder = profiled(world.run(), store)
    bodies, writes = dict(store.bodies), len(store.writes)
    judge_plan(world.run(), folder)
    rows, events = world.metrics(), list(world.heard.events)
    profile_share(folder, 0)
    assert len(store.writes) == writes  # what is whole is not done again
    judge_plan(world.run(), folder)
    assert (world.metrics(), world.heard.events) == (rows, events)
    assert store.bodies == bodies
    assert watch_or_hand_over(world.run(), store) == Handover(Engine.JOB)  # nothing is due


def test_two_plans_of_one_table_are_the_same_plan(world: World, store: MemoryStore) -> None:
    first, second = planned(world.run(), store), planned(world.run(), store)
    assert first.identifier == second.identifier
    world.log(Traffic(day=1, version="2", variant="challenger", rows=5))
    assert planned(world.run(), store).identifier != first.identifier


def test_an_absent_partial_is_noticed_and_nothing_is_judged(
    world: World, store: MemoryStore
) -> None:
    folder = profiled(world.run(), store)
    for share in (0, 2):
        store.bodies.pop(f"partials/flights/{folder.identifier}/parts/{share:05d}.json")
    with pytest.raises(ShardError) as caught:
        judge_plan(world.run(), folder)
    assert [fault.found for fault in caught.value.faults] == ["nothing", "nothing"]
    assert world.metrics() == []
    assert world.heard.events == []


@pytest.mark.parametrize("kept", [0, 1, 100, -1, -100])
def test_a_half_written_partial_is_noticed_and_done_again(
    world: World, store: MemoryStore, kept: int
) -> None:
    folder = profiled(world.run(), store)
    key = part_key(store)
    whole = store.bodies[key]
    store.bodies[key] = whole[:kept]
    with pytest.raises(ShardError, match="a whole partial profile"):
        judge_plan(world.run(), folder)
    assert world.metrics() == []
    profile_share(folder, 0, processes=1)
    assert store.bodies[key] == whole
    judge_plan(world.run(), folder)
    assert len(world.verdicts()) == 4


def test_a_partial_that_lacks_rows_is_noticed(world: World, store: MemoryStore) -> None:
    folder = profiled(world.run(), store)
    partial = folder.load(0)
    window, part = next(iter(partial.parts.items()))
    short = replace(part, read=part.read - 1)
    folder.save(replace(partial, parts=dict(partial.parts) | {window: short}))
    with pytest.raises(ShardError, match="rows read for"):
        judge_plan(world.run(), folder)
    subject = next(iter(part.profiles.seen))
    part.profiles.seen[subject] += 1
    folder.save(partial)
    with pytest.raises(ShardError, match="profiles that lack rows"):
        judge_plan(world.run(), folder)
    assert world.metrics() == []


def test_a_partial_of_another_plan_or_share_is_refused(world: World, store: MemoryStore) -> None:
    folder = profiled(world.run(), store)
    first = f"partials/flights/{folder.identifier}/parts/00000.json"
    store.bodies[first] = store.bodies[first.replace("00000", "00001")]
    with pytest.raises(ShardError, match="share 1; expected share 0"):
        folder.load(0)


def test_a_plan_that_is_not_what_its_name_says_is_refused(world: World, store: MemoryStore) -> None:
    folder = planned(world.run(), store)
    key = f"partials/flights/{folder.identifier}/plan.json"
    store.bodies[key] = store.bodies[key].replace(b'"shares":3', b'"shares":2')
    with pytest.raises(ShardError, match="the plan it is named for"):
        _ = PlanFolder(store, "flights", folder.identifier).plan
    store.bodies[key] = store.bodies[key][:-9]
    with pytest.raises(ShardError, match="expected a plan of format"):
        _ = PlanFolder(store, "flights", folder.identifier).plan


def test_a_file_that_is_gone_or_cut_off_ends_the_share_with_its_name(
    world: World, store: MemoryStore
) -> None:
    folder = planned(world.run(), store)
    path = Path(world.root) / "prediction_log/flights" / folder.plan.share(0)[0].file.path
    body = path.read_bytes()
    path.write_bytes(body[: len(body) // 2])
    with pytest.raises(DataError, match=path.name):
        profile_share(folder, 0, processes=1)
    path.unlink()
    for processes in (1, 2):
        with pytest.raises(DataError, match=path.name):
            profile_share(folder, 0, processes)
    assert not [key for key in store.bodies if "/parts/" in key]


def test_a_version_without_a_baseline_is_named_and_the_others_are_judged(
    world: World, store: MemoryStore
) -> None:
    del world.baselines.by_version["2"]
    folder = profiled(world.run(), store)
    with pytest.raises(BaselineError, match="version 2"):
        judge_plan(world.run(), folder)
    assert {variant for _, _, variant in world.verdicts()} == {"champion"}


def test_a_small_window_stays_on_one_machine(tmp_path: Path, store: MemoryStore) -> None:
    world = new(tmp_path, engine="auto", shard_rows=10_000)
    world.log(*TRAFFIC)
    assert watch_or_hand_over(world.run(), store) == Handover(Engine.JOB)
    assert len(world.verdicts()) == 4
    assert store.bodies == {}


@pytest.mark.parametrize(
    ("spark_rows", "engine", "shares"), [(None, "sharded", 3), (2_000, "spark", 1)]
)
def test_a_large_window_is_handed_over_and_not_announced(
    tmp_path: Path, store: MemoryStore, spark_rows: int | None, engine: str, shares: int
) -> None:
    world = new(tmp_path, engine="auto", shard_rows=1_000, spark_rows=spark_rows)
    world.log(*TRAFFIC)
    handover = watch_or_hand_over(world.run(), store)
    assert (handover.engine, handover.shares) == (engine, shares)
    assert world.metrics() == []
    assert world.heard.samples == []  # no heartbeat: nothing was judged yet


def test_a_window_asked_for_is_judged_from_shards_too(world: World, store: MemoryStore) -> None:
    window = Window(START, START + timedelta(days=1))
    folder = profiled(world.run(window=window), store)
    judge_plan(world.run(), folder)
    assert {day for day, _, _ in world.verdicts()} == {"2013-04-01"}


def test_an_instance_reads_the_shares_that_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "00000.json").write_text('{"plan": "p", "share": 0}')
    (tmp_path / "00004.json").write_text('{"plan": "p", "share": 4}')
    assert list(shares_in(tmp_path)) == [Share(plan="p", share=0), Share(plan="p", share=4)]
    (tmp_path / "00005.json").write_text('{"plan": "p"')
    with pytest.raises(ShardError, match=r"00005.json"):
        list(shares_in(tmp_path))
