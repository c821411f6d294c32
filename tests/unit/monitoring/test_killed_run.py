"""A run that dies anywhere is finished by the next: the same rows, every verdict announced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitoring_jobs.data_monitor.watch_data import watch_data
from monitoring_jobs.model_monitor.watch_estimates import watch_estimates
from monitoring_jobs.model_monitor.watch_quality import watch_quality
from tests.unit.monitoring.killer import Killed, Killer
from tests.unit.monitoring.world import Traffic, World, baseline, new_world
from tidewatch.monitoring.monitor_run import MonitorRun

Job = Callable[[MonitorRun], None]


def _world(folder: Path) -> World:
    world = new_world(folder)
    world.baselines.by_version["1"] = baseline(estimates=True)
    world.log(*(Traffic(day=day, shift=2.0 * day) for day in range(3)))
    for day in range(2):
        world.label(Traffic(day=day), flip=day == 1)
    return world


@pytest.mark.parametrize("job", [watch_data, watch_quality, watch_estimates])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_killed_at_any_step_is_completed_by_the_next(
    job: Job, after: bool, tmp_path: Path
) -> None:
    expected = _world(tmp_path / "undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        killer = Killer(patch, at=0, after=after)
        job(expected.run())
    assert killer.steps == 6  # two windows recorded, three voices, one mark
    for step in range(1, killer.steps + 1):
        world = _world(tmp_path / str(step))
        with pytest.MonkeyPatch.context() as patch:
            Killer(patch, at=step, after=after)
            with pytest.raises(Killed):
                job(world.run())
        world.time += timedelta(minutes=5)
        job(world.run())
        assert world.metrics() == expected.metrics()
        # Announced at least once; twice only where the run died between announcing and marking.
        assert set(world.heard.verdicts()) == set(expected.heard.verdicts())
        times = len(world.heard.verdicts()) / len(expected.heard.verdicts())
        assert times == (2 if (step, after) in {(5, True), (6, False)} else 1)
        count = len(world.heard.events)
        job(world.run())
        assert (world.metrics(), len(world.heard.events)) == (expected.metrics(), count)


def test_verdicts_of_a_run_that_may_still_be_alive_are_left_to_it(tmp_path: Path) -> None:
    world = _world(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        Killer(patch, at=3, after=False)
        with pytest.raises(Killed):
            watch_data(world.run())
    watch_data(world.run())
    assert world.heard.events == []
    world.time += timedelta(seconds=121)
    watch_data(world.run())
    assert len(world.heard.events) == 2
