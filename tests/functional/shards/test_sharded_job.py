"""The shard_profile job on the laptop's cloud: two instances, S3, a role, and one judgement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localcloud.cloud import LocalCloud
from monitoring_jobs.data_monitor.hand_over import judge_plan, watch_or_hand_over
from monitoring_jobs.data_monitor.watch_data import watch_data
from tests.functional.localcloud.workbench import REGISTRY, Workbench, make_role, unique, until
from tests.unit.monitoring.world import Traffic, World, baseline, new_world, serving
from tidewatch.aws.objects import Bucket
from tidewatch.core.engine import Engine
from tidewatch.monitoring.shards.errors import ShardError
from tidewatch.monitoring.shards.plan_folder import PlanFolder

TRAFFIC = (
    Traffic(day=0, rows=700),
    Traffic(day=0, version="2", variant="challenger", rows=300),
    Traffic(day=1, rows=900, shift=3.0),
    Traffic(day=1, version="2", variant="challenger", rows=450),
    Traffic(day=2, rows=120),
)
ENDED = {"Completed", "Failed", "Stopped"}
INPUT = "/opt/ml/processing/input"


@pytest.fixture
def bench(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_CONDITIONAL_PUT", "etag")
    return Workbench.create(cloud)


def new(root: str, engine: str) -> World:
    world = new_world(Path(), serving(champion="1", challenger="2"))
    world.root = root
    world.baselines.by_version["2"] = baseline(shift=0.5)
    monitoring = world.model.monitoring.model_copy(update={"engine": engine, "shard_rows": 1_500})
    world.model = world.model.model_copy(update={"monitoring": monitoring})
    world.log(*TRAFFIC)
    return world


def run_shards(bench: Workbench, world: World, plan: str, instances: int) -> dict[str, Any]:
    document = bench.put("model.json", world.model.model_dump_json())
    inputs = {
        "model": (document, {}),
        "shares": (shares(bench, plan), {"S3DataDistributionType": "ShardedByS3Key"}),
    }
    name = unique("shards")
    sagemaker = bench.client("sagemaker")
    sagemaker.create_processing_job(
        ProcessingJobName=name,
        RoleArn=make_role(bench.cloud, name, [f"arn:aws:s3:::{bench.bucket}/*"]),
        AppSpecification={
            "ImageUri": f"{REGISTRY}/tests/monitoring:1",
            "ContainerEntrypoint": ["python", "/opt/program/monitoring_jobs/shard_profile/main.py"],
        },
        ProcessingInputs=[
            {
                "InputName": place,
                "S3Input": {
                    "S3Uri": uri,
                    "LocalPath": f"{INPUT}/{place}",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                    **how,
                },
            }
            for place, (uri, how) in inputs.items()
        ],
        ProcessingResources={
            "ClusterConfig": {
                "InstanceCount": instances,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 1,
            }
        },
        Environment={"HISTORY_BUCKET": bench.bucket},
    )

    def ended() -> dict[str, Any] | None:
        job: dict[str, Any] = sagemaker.describe_processing_job(ProcessingJobName=name)
        return job if job["ProcessingJobStatus"] in ENDED else None

    return until(ended)


def shares(bench: Workbench, plan: str) -> str:
    return f"s3://{bench.bucket}/partials/flights/{plan}/shares/"


def test_instances_profile_their_shares_and_the_judgement_is_that_of_one_machine(
    bench: Workbench, tmp_path: Path
) -> None:
    alone = new(str(tmp_path), "job")
    watch_data(alone.run())
    world = new(f"s3://{bench.bucket}", "sharded")
    store = Bucket(bench.bucket)
    handover = watch_or_hand_over(world.run(), store)
    assert (handover.engine, handover.shares) == (Engine.SHARDED, 2)
    folder = PlanFolder(store, "flights", handover.plan)
    with pytest.raises(ShardError, match="found nothing; expected the partial profile of share 0"):
        judge_plan(world.run(), folder)
    job = run_shards(bench, world, handover.plan, instances=2)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    judge_plan(world.run(), folder)
    single = {key(row): row for row in alone.metrics()}
    sharded = {key(row): row for row in world.metrics()}
    assert sharded.keys() == single.keys()
    for name, row in sharded.items():
        assert row | {"value": 0} == single[name] | {"value": 0}
        assert (row["value"] or 0) == pytest.approx(
            single[name]["value"] or 0, rel=1e-12, abs=1e-15
        )


def key(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row[name] for name in ("window_start", "version", "variant", "feature", "metric"))
