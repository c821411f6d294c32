"""How versions of one model are made: the training state machine."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from stacks.constructs.data_prep import DataPrep
from stacks.constructs.evaluation import Evaluation
from stacks.constructs.job_machine import JobMachine
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from stacks.constructs.platform_function import PlatformFunction
from stacks.constructs.registration import Candidate, Registration
from stacks.constructs.tuning import Tuning
from tidewatch.core.config import ModelConfig

_LONGEST_RUN = cdk.Duration.hours(24)


class Training(cdk.Stack):
    """plan → data_prep → tuning → evaluation → registration, for one model."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        group = sagemaker.CfnModelPackageGroup(
            self,
            "Versions",
            model_package_group_name=model.name,
            model_package_group_description=model.description,
        )
        document = ModelDocument(self, "Document", model=model)
        plan = PlatformFunction(
            self,
            "Plan",
            unit="training_plan",
            environment={"SPAN_SECONDS": str(model.training.span.total_seconds())},
            log_retention=platform.log_retention,
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
        chain = (
            self._plan_state(plan)
            .next(prep.step)
            .next(tuning.step)
            .next(evaluation.step)
            .next(registration.step)
        )
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
        cdk.CfnOutput(self, "MachineArn", value=self.machine.state_machine_arn)

    def _plan_state(self, plan: PlatformFunction) -> tasks.LambdaInvoke:
        return tasks.LambdaInvoke(
            self,
            "Plan run",
            lambda_function=plan,
            payload=sfn.TaskInput.from_object(
                {
                    "request": sfn.JsonPath.entire_payload,
                    "execution_id": sfn.JsonPath.execution_id,
                    "started_at": sfn.JsonPath.execution_start_time,
                }
            ),
            payload_response_only=True,
        )
