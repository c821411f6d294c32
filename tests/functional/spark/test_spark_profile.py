"""Profiles on a real local Spark with several Python workers: equal to one machine's."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from monitoring_jobs.data_monitor.hand_over import judge_plan, watch_or_hand_over
from monitoring_jobs.data_monitor.watch_data import watch_data
from monitoring_jobs.shard_profile.profile_shares import profile_share
from monitoring_jobs.spark_profile.profile_plan import profile_plan
from tests.unit.monitoring.world import Traffic, World, baseline, new_world, serving
from tests.unit.shards.memory_store import MemoryStore
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import Profile, profile, reference_profile
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.shards.plan_folder import PlanFolder
from tidewatch.spark import SparkMissingError, profile_table, spark_session
from tidewatch.spark.session import require_java

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

try:
    require_java()
    missing = ""
except SparkMissingError as error:
    missing = str(error)

pytestmark = [
    pytest.mark.skipif(bool(missing), reason=missing),
    # PySpark 3.5 looks at versions with distutils, which Python 3.11 still has.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
    pytest.mark.filterwarnings("ignore:.*distutils:DeprecationWarning"),
    # py4j leaves its sockets to the garbage collector; the fixture runs it before others come.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

TRAFFIC = (
    Traffic(day=0, rows=700),
    Traffic(day=0, version="2", variant="challenger", rows=300, shift=1.0),
    Traffic(day=1, rows=900, shift=3.0, carrier="Ünseen ✈"),
    Traffic(day=1, version="2", variant="challenger", rows=450),
    Traffic(day=2, rows=120),
)
LOCAL = {
    "spark.master": "local[2]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    session = spark_session("tests", LOCAL)
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
    del session
    gc.collect()


def new(folder: Path, engine: str) -> World:
    world = new_world(folder, serving(champion="1", challenger="2"))
    world.baselines.by_version["2"] = baseline(shift=0.5)
    monitoring = world.model.monitoring.model_copy(update={"engine": engine, "shard_rows": 800})
    world.model = world.model.model_copy(update={"monitoring": monitoring})
    world.log(*TRAFFIC)
    return world


def planned(run: MonitorRun) -> PlanFolder:
    store = MemoryStore()
    return PlanFolder(store, "flights", watch_or_hand_over(run, store).plan)


def table(rows: int) -> pa.Table:
    random = np.random.default_rng(7)
    return pa.table(
        {
            "amount": pa.array(random.lognormal(3, 1, rows), mask=random.random(rows) < 0.1),
            "ties": random.poisson(4, rows).astype(float),
            "odd": random.choice([np.nan, np.inf, -np.inf, 0.0, 1e300, -1e-300], rows),
            "word": pa.array(random.choice(["a", "b", "ü", "", "unseen"], rows).tolist()),
            "nothing": pa.nulls(rows, pa.float64()),
        }
    )


KINDS = dict.fromkeys(("amount", "ties", "odd", "nothing"), FeatureKind.NUMERIC) | {
    "word": FeatureKind.CATEGORICAL
}


def require_same(found: Profile, expected: Profile) -> None:
    """Counts to the last row; sums and moments to rounding."""
    one, other = found.to_document(), expected.to_document()
    assert one["rows"] == other["rows"]
    for name, feature in other["features"].items():
        for key, value in feature.items():
            again = one["features"][name][key]
            if key in {"sums", "m2"}:
                np.testing.assert_allclose(again, value, rtol=1e-9)
            elif key == "edges":
                np.testing.assert_array_equal(again["fine"], value["fine"])
            else:
                np.testing.assert_equal(np.asarray(again), np.asarray(value))


def test_a_table_is_profiled_as_on_one_machine(spark: SparkSession, tmp_path: Path) -> None:
    rows, reference = table(20_000), reference_profile(table(3_000), KINDS)
    for part in range(6):
        pq.write_table(rows.slice(part * 3_400, 3_400), tmp_path / f"{part}.parquet")
    frame = spark.read.parquet(str(tmp_path)).repartition(5)
    require_same(profile_table(frame, reference), profile(rows, reference))


def test_several_worker_processes_take_part(spark: SparkSession) -> None:
    def who(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield pa.record_batch({"pid": pa.array([os.getpid()], pa.int64())})

    rows = spark.range(100_000, numPartitions=8).mapInArrow(who, "pid long").collect()
    pids = {row.pid for row in rows}
    assert len(pids) >= 2
    assert os.getpid() not in pids


def test_spark_shards_and_one_machine_count_the_same_rows_of_a_delta_table(
    spark: SparkSession, tmp_path: Path
) -> None:
    """The table was compacted: its folder holds dead files too."""
    world = new(tmp_path, "spark")
    DeltaTable(f"{world.root}/prediction_log/flights").optimize.compact()
    on_spark = planned(world.run())
    profile_plan(spark, on_spark)
    world.model = new(tmp_path / "other", "sharded").model
    on_shards = planned(world.run())
    assert (on_spark.plan.shares, on_shards.plan.shares) == (1, 3)
    for number in range(on_shards.plan.shares):
        profile_share(on_shards, number, processes=1)
    for window, part in on_shards.merged().items():
        found = on_spark.merged()[window]
        assert (found.read, found.profiles.seen) == (part.read, part.profiles.seen)
        for subject, profiles in part.profiles.subjects.items():
            require_same(found.profiles.subjects[subject].features, profiles.features)
            require_same(found.profiles.subjects[subject].score, profiles.score)


def test_spark_judges_as_one_machine_does(spark: SparkSession, tmp_path: Path) -> None:
    alone = new(tmp_path / "alone", "job")
    watch_data(alone.run())
    world = new(tmp_path / "spark", "spark")
    folder = planned(world.run())
    profile_plan(spark, folder)
    judge_plan(world.run(), folder)
    assert len(world.metrics()) == len(alone.metrics()) > 50
    for one, other in zip(alone.metrics(), world.metrics(), strict=True):
        assert one | {"value": 0} == other | {"value": 0}
        assert (other["value"] or 0) == pytest.approx(one["value"] or 0, rel=1e-12, abs=1e-15)
    writes = len(folder.store.writes)  # type: ignore[attr-defined]
    profile_plan(spark, folder)
    assert len(folder.store.writes) == writes  # type: ignore[attr-defined]
