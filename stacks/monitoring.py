"""How one model is watched: the monitoring state machine, its schedule, and retraining."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.data_engine import DataEngine
from stacks.constructs.job_machine import JobMachine
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.monitoring_jobs import ModelMonitor, PredictionLog, Report
from stacks.constructs.platform import Platform
from stacks.constructs.retraining import Retraining
from tidewatch.core.config import ModelConfig

_LONGEST_RUN = cdk.Duration.hours(6)
_REPORT_RATE = cdk.Duration.days(7)


class Monitoring(cdk.Stack):
    """prediction_log → data_monitor and model_monitor, every `monitoring_rate`; a weekly report.

    An execution's input is `{"window": "<start>/<end>"}` to judge one window now, or
    `{"window": "due"}` for every closed window that was not judged yet.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        training: sfn.IStateMachine,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self._platform = platform
        self._model = model
        document = ModelDocument(self, "Document", model=model)
        log = PredictionLog(self, platform=platform, model=model, document=document)
        data = DataEngine(self, "Data", platform=platform, model=model, document=document)
        quality = ModelMonitor(self, platform=platform, model=model, document=document)
        report = Report(self, platform=platform, model=model, document=document)
        judge = sfn.Parallel(self, "Judge windows").branch(data.chain).branch(quality.step)
        self.machine = self._machine(
            "Machine", sfn.Chain.start(log.step).next(judge), [log.role, *data.roles, quality.role]
        )
        data.may_be_run_by(self.machine)
        self.report_machine = self._machine(
            "ReportMachine", sfn.Chain.start(report.step), [report.role]
        )
        undelivered = sqs.Queue(
            self, "Undelivered", enforce_ssl=True, retention_period=cdk.Duration.days(14)
        )
        rate = cdk.Duration.minutes(platform.stage.monitoring_rate.total_seconds() // 60)
        self._schedule("Schedule", self.machine, rate, undelivered)
        self._schedule("ReportSchedule", self.report_machine, _REPORT_RATE, undelivered)
        Retraining(self, "Retraining", platform=platform, model=model, training=training)
        cdk.CfnOutput(self, "MachineArn", value=self.machine.state_machine_arn)
        cdk.CfnOutput(self, "ReportMachineArn", value=self.report_machine.state_machine_arn)

    def _machine(
        self, construct_id: str, chain: sfn.IChainable, roles: list[iam.IRole]
    ) -> JobMachine:
        machine = JobMachine(
            self,
            construct_id,
            chain=chain,
            timeout=_LONGEST_RUN,
            log_retention=self._platform.log_retention,
        )
        machine.may_run("processing-job", self._model.name, roles)
        return machine

    def _schedule(
        self,
        construct_id: str,
        machine: sfn.IStateMachine,
        rate: cdk.Duration,
        undelivered: sqs.IQueue,
    ) -> None:
        scheduler.Schedule(
            self,
            construct_id,
            schedule=scheduler.ScheduleExpression.rate(rate),
            target=scheduler_targets.StepFunctionsStartExecution(
                machine,
                input=scheduler.ScheduleTargetInput.from_object({"window": "due"}),
                dead_letter_queue=undelivered,
                retry_attempts=3,
            ),
        )
