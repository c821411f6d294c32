"""How versions of one model are made: the training state machine."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from stacks.constructs.data_prep import DataPrep
from stacks.constructs.evaluation import Evaluation
from stacks.constructs.job_machine import JobMachine
from stacks.constructs.machine_alarms import MachineAlarms
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from stacks.constructs.platform_function import PlatformFunction
from stacks.constructs.registration import Candidate, Registration
from stacks.constructs.tuning import Tuning
from tidewatch.core.config import ModelConfig

# Waiting for other runs included.
_LONGEST_RUN = cdk.Duration.hours(48)
# Each time leaves nine events, and two days of them have to fit an execution's 25,000.
_UNTIL_ASKED_AGAIN = cdk.Duration.minutes(5)


class Training(cdk.Stack):
    """plan → data_prep → tuning → evaluation → registration, for one model.

    An execution's input may name `train_start`, `train_end` and a `reason`; `{}` trains on the
    model's span up to now.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
    ) -> None:
        super().__init__(scope, construct_id)
        group = sagemaker.CfnModelPackageGroup(
            self,
            "Versions",
            model_package_group_name=model.name,
            model_package_group_description=model.description,
        )
        # SageMaker keeps a group that has versions, whoever deletes it.
        group.apply_removal_policy(
            cdk.RemovalPolicy.RETAIN if platform.stage.protected else cdk.RemovalPolicy.DESTROY
        )
        document = ModelDocument(self, "Document", model=model)
        plan = PlatformFunction(
            self,
            "Plan",
            unit="training_plan",
            environment={
                "SPAN_SECONDS": str(model.training.span.total_seconds()),
                "CONCURRENT_RUNS": str(model.training.concurrent_runs),
            },
            log_retention=platform.log_retention,
            network=platform.network,
        )
        prep = DataPrep(self, "DataPrep", platform=platform, model=model, document=document)
        tuning = Tuning(self, "Tuning", platform=platform, model=model, document=document)
        evaluation = Evaluation(
            self,
            "Evaluation",
            platform=platform,
            model=model,
            document=document,
            model_data_url=tuning.model_data_url(),
        )
        registration = Registration(
            self,
            "Registration",
            platform=platform,
            model=model,
            document=document,
            candidate=Candidate(tuning.model_data_url(), evaluation.uri),
        )
        work = prep.step.next(tuning.step).next(evaluation.step).next(registration.step)
        chain = self._in_turn(self._plan_state(plan), work)
        self.machine = JobMachine(
            self,
            "Machine",
            chain=chain,
            timeout=_LONGEST_RUN,
            log_retention=platform.log_retention,
        )
        self.machine.may_run(
            "processing-job", model.name, [prep.role, evaluation.role, registration.role]
        )
        self.machine.may_run("hyper-parameter-tuning-job", model.name, [tuning.role])
        self.machine.node.add_dependency(group)
        self._may_see_runs(plan)
        MachineAlarms(
            self,
            "Alarms",
            machine=self.machine,
            topics=platform.topics,
            runbook="TrainingFailed",
        )
        cdk.CfnOutput(self, "MachineArn", value=self.machine.state_machine_arn)

    def _in_turn(self, plan: tasks.LambdaInvoke, work: sfn.IChainable) -> sfn.IChainable:
        """`work`, once the runs that were started before leave room for it."""
        wait = sfn.Wait(self, "Wait for turn", time=sfn.WaitTime.duration(_UNTIL_ASKED_AGAIN))
        its_turn = sfn.Condition.boolean_equals("$.its_turn", value=True)
        return plan.next(
            sfn.Choice(self, "Its turn?").when(its_turn, work).otherwise(wait.next(plan))
        )

    def _may_see_runs(self, plan: PlatformFunction) -> None:
        # A policy of its own: the function's must exist before the machine, and this one needs it.
        policy = iam.Policy(self, "MaySeeRuns")
        policy.add_statements(
            iam.PolicyStatement(
                actions=["states:ListExecutions"], resources=[self.machine.state_machine_arn]
            )
        )
        assert plan.role is not None
        policy.attach_to_role(plan.role)

    def _plan_state(self, plan: PlatformFunction) -> tasks.LambdaInvoke:
        return plan.asked(
            self,
            "Plan run",
            {
                "request": sfn.JsonPath.execution_input,
                "execution_id": sfn.JsonPath.execution_id,
                "machine": sfn.JsonPath.state_machine_id,
                "started_at": sfn.JsonPath.execution_start_time,
            },
        )
