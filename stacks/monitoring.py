"""How one model is watched: the monitoring state machine, its schedule, and retraining."""

from __future__ import annotations

from datetime import timedelta

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.capture_alarm import CaptureAlarm
from stacks.constructs.data_engine import DataEngine
from stacks.constructs.job_machine import JobMachine
from stacks.constructs.judging import Judging
from stacks.constructs.machine_alarms import MachineAlarms, UndeliveredAlarm, metric_period
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.monitoring_jobs import ModelMonitor, PredictionLog, Report
from stacks.constructs.monitoring_schedule import MonitoringSchedule
from stacks.constructs.platform import Platform
from stacks.constructs.processing_step import longest_step
from stacks.constructs.retraining import Retraining
from stacks.constructs.undelivered import Undelivered
from tidewatch.core.config import ModelConfig

# The log, a plan, its shares, and the verdict.
_JOBS_IN_A_ROW = 4
_REPORT_RATE = timedelta(days=7)


class Monitoring(cdk.Stack):
    """prediction_log → data_monitor and model_monitor, by the model's schedule; a weekly report.

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
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._model = model
        document = ModelDocument(self, "Document", model=model)
        log = PredictionLog(self, platform=platform, model=model, document=document)
        data = DataEngine(self, "Data", platform=platform, model=model, document=document)
        quality = ModelMonitor(self, platform=platform, model=model, document=document)
        report = Report(self, platform=platform, model=model, document=document)
        judging = Judging(
            self, "Judging", monitors={"data_monitor": data.chain, "model_monitor": quality.step}
        )
        self.machine = self._machine(
            "Machine", log.step.next(judging.chain), [log.role, *data.roles, quality.role]
        )
        data.may_be_run_by(self.machine)
        self.report_machine = self._machine(
            "ReportMachine", sfn.Chain.start(report.step), [report.role]
        )
        self._watch_itself()
        Retraining(self, "Retraining", platform=platform, model=model, training=training)
        cdk.CfnOutput(self, "MachineArn", value=self.machine.state_machine_arn)
        cdk.CfnOutput(self, "ReportMachineArn", value=self.report_machine.state_machine_arn)

    def _watch_itself(self) -> None:
        """Start both machines when it is time, and tell people where that fails."""
        topics, monitoring = self._platform.topics, self._model.monitoring
        undelivered = Undelivered(self, "Undelivered")
        rate = self._platform.stage.monitoring_rate
        for name, machine, schedule, every in (
            ("", self.machine, monitoring.schedule, rate),
            ("Report", self.report_machine, None, _REPORT_RATE),
        ):
            MonitoringSchedule(
                self,
                f"{name}Schedule",
                machine=machine,
                schedule=schedule,
                rate=every,
                undelivered=undelivered,
            )
            MachineAlarms(
                self,
                f"{name}MachineAlarms",
                machine=machine,
                topics=topics,
                runbook="MonitoringFails",
            )
        UndeliveredAlarm(
            self,
            "UndeliveredAlarm",
            queue=undelivered,
            topics=topics,
            runbook="EventsUndelivered",
        )
        CaptureAlarm(
            self,
            "CaptureAlarm",
            model=self._model,
            topics=topics,
            rate=metric_period(monitoring.rate(rate)),
        )

    def _machine(
        self, construct_id: str, chain: sfn.IChainable, roles: list[iam.IRole]
    ) -> JobMachine:
        longest = _JOBS_IN_A_ROW * longest_step(self._model.monitoring.max_runtime)
        machine = JobMachine(
            self,
            construct_id,
            chain=chain,
            # What fails for good fails by its name, and not for want of time.
            timeout=cdk.Duration.seconds(longest.total_seconds()),
            log_retention=self._platform.log_retention,
        )
        machine.may_run("processing-job", self._model.name, roles)
        return machine
