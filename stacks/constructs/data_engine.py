"""What profiles and judges a window's data: one job, or a plan, its shares, and a judgement."""

from __future__ import annotations

from dataclasses import replace

from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.job_machine import JobMachine
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.monitoring_jobs import DataMonitor
from stacks.constructs.platform import Platform
from stacks.constructs.processing_step import ProcessingStep
from stacks.constructs.shard_profile import ShardProfile, expire_plans, may_profile
from stacks.constructs.spark_profile import SparkProfile
from tidewatch.core.config import ModelConfig

_ENGINE = "$.data_monitor.answer.engine"


class DataEngine(Construct):
    """The data monitor's part of the state machine, as the model's file asks for it.

    With the engine `job` it is one state. With another, the data monitor itself judges what is
    small and plans what is large; its answer says who goes on.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
    ) -> None:
        super().__init__(scope, construct_id)
        # The monitor's resources are those of the stack, whatever engine profiles for it.
        self.monitor = DataMonitor(scope, platform=platform, model=model, document=document)
        self.shards: ShardProfile | None = None
        self.spark: SparkProfile | None = None
        if model.monitoring.engine == "job":
            self.chain: sfn.IChainable = self.monitor.step
            return
        expire_plans(platform, model.name)
        # It writes the plan, and reads the partial profiles.
        may_profile(self.monitor.role, platform, model.name)
        if model.monitoring.engine != "spark":
            self.shards = ShardProfile(self, platform=platform, model=model, document=document)
        if model.monitoring.uses_spark:
            self.spark = SparkProfile(self, platform=platform, model=model)
        self.chain = self._chain()

    @property
    def roles(self) -> list[iam.IRole]:
        """The roles of its SageMaker jobs."""
        return [self.monitor.role, *([self.shards.role] if self.shards else [])]

    def may_be_run_by(self, machine: JobMachine) -> None:
        """Let `machine` run what SageMaker does not."""
        if self.spark:
            self.spark.may_be_run_by(machine)

    def _chain(self) -> sfn.IChainable:
        job = self.monitor.job
        first = ProcessingStep(self, f"Run {job.unit}", job=replace(job, answers=True))
        planned = job.environment | {"PLAN": "$.data_monitor.answer.plan"}
        judge = ProcessingStep(self, "Judge profiles", job=replace(job, environment=planned))
        choice = sfn.Choice(self, "Who profiles?")
        for engine, profiler in (("sharded", self.shards), ("spark", self.spark)):
            if profiler:
                chosen = sfn.Condition.string_equals(_ENGINE, engine)
                choice.when(chosen, profiler.step.next(judge))
        return sfn.Chain.start(first).next(choice.otherwise(sfn.Succeed(self, "Judged already")))
