"""Several instances profile one window: each its shares, each share a partial profile."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.constructs import state_language as asl
from stacks.constructs.job_role import DataRole, JobRole
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from stacks.constructs.processing_step import ProcessingJob, ProcessingStep
from tidewatch.core.config import ModelConfig

_UNIT = "shard_profile"
_KEPT = cdk.Duration.days(14)


class ShardProfile(Construct):
    """The job that profiles a plan's shares, at `$.data_monitor.answer`.

    SageMaker shards the *shares*, small files that the planner wrote, and not the data: see
    docs/decisions/0007-shares-are-sharded-not-files.md.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
    ) -> None:
        super().__init__(scope, _UNIT)
        self.role = JobRole(self, "Role", image=platform.images.monitoring, key=platform.key)
        document.grant_read_to(self.role)
        may_profile(self.role, platform, model.name)
        bucket = platform.history.bucket_name
        shares = f"s3://{bucket}/partials/{model.name}/{{}}/shares/"
        self.step = ProcessingStep(
            self,
            f"Run {_UNIT}",
            job=ProcessingJob(
                unit=_UNIT,
                model=model.name,
                platform=platform,
                image_uri=platform.monitoring_image,
                program=f"monitoring_jobs/{_UNIT}/main.py",
                role=self.role,
                instance_type=model.monitoring.instance_type,
                max_runtime=model.monitoring.max_runtime,
                inputs={
                    "model": document.uri,
                    "shares": asl.joined(shares, "$.data_monitor.answer.plan"),
                },
                sharded=frozenset({"shares"}),
                environment={"HISTORY_BUCKET": bucket, "ACCOUNT_ID": cdk.Aws.ACCOUNT_ID},
                instances="$.data_monitor.answer.shares",
            ),
        )


def may_profile(role: DataRole, platform: Platform, model: str) -> None:
    """Read the model's prediction log and plans, and write partial profiles, nothing else."""
    role.may_read(platform.history, f"prediction_log/{model}/")
    role.may_read(platform.history, f"partials/{model}/")
    role.may_write(platform.history, f"partials/{model}/")


def expire_plans(platform: Platform, model: str) -> None:
    """Plans and partial profiles are of no use once their windows were judged."""
    platform.history.add_lifecycle_rule(prefix=f"partials/{model}/", expiration=_KEPT)
