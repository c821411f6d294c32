"""The monitoring jobs of one model: prediction log, data monitor, model monitor, report."""

from __future__ import annotations

from functools import cached_property

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.constructs.job_role import JobRole
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from stacks.constructs.processing_step import ProcessingJob, ProcessingStep
from tidewatch.core.config import ModelConfig

_NAMESPACE = "Tidewatch"


class MonitoringJob(Construct):
    """One monitoring job: its role with what every monitor needs, and the state that runs it."""

    def __init__(
        self,
        scope: Construct,
        unit: str,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
    ) -> None:
        super().__init__(scope, unit)
        endpoint = platform.endpoint(model.name)
        self.role = JobRole(self, "Role", image=platform.images.monitoring, key=platform.key)
        document.grant_read_to(self.role)
        self.role.may_resolve_variants(endpoint, model.name)
        self.role.may_remote_write(platform.workspace.attr_arn)
        self.job = ProcessingJob(
            unit=unit,
            model=model.name,
            platform=platform,
            image_uri=platform.monitoring_image,
            program=f"monitoring_jobs/{unit}/main.py",
            role=self.role,
            instance_type=model.monitoring.instance_type,
            max_runtime=model.monitoring.max_runtime,
            inputs={"model": document.uri},
            environment={
                "ENDPOINT_NAME": endpoint,
                "MODEL_PACKAGE_GROUP": model.name,
                "CAPTURE_BUCKET": platform.capture.bucket_name,
                "HISTORY_BUCKET": platform.history.bucket_name,
                "ARTIFACTS_BUCKET": platform.artifacts.bucket_name,
                "REPORTS_BUCKET": platform.reports.bucket_name,
                "ACCOUNT_ID": cdk.Aws.ACCOUNT_ID,
                "REMOTE_WRITE_URL": platform.remote_write_url,
                "WINDOW": "$.window",
            },
        )

    @cached_property
    def step(self) -> ProcessingStep:
        """The state that runs the job."""
        return ProcessingStep(self, f"Run {self.job.unit}", job=self.job)

    def may_announce_verdicts(self, platform: Platform) -> None:
        """Write down what was judged, and tell CloudWatch and EventBridge."""
        self.role.may_keep_tables(platform.history, "metrics/")
        self.role.may_put_metrics(_NAMESPACE)
        self.role.may_put_events(f"tidewatch.{self.node.id}")


class PredictionLog(MonitoringJob):
    """Makes captured requests and labels tidy."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
    ) -> None:
        super().__init__(scope, "prediction_log", platform=platform, model=model, document=document)
        self.may_announce_verdicts(platform)
        # Whether all that was answered was captured is a unit of its own.
        self.role.may_put_events("tidewatch.capture")
        self._may_count_invocations()
        self.role.may_read(platform.capture, f"capture/{platform.endpoint(model.name)}/")
        self.role.may_read(platform.capture, f"labels/{model.name}/")
        for table in (f"prediction_log/{model.name}/", f"labels/{model.name}/", "quarantine/"):
            self.role.may_keep_tables(platform.history, table)

    def _may_count_invocations(self) -> None:
        # Metrics have no resource to name.
        self.role.add_to_policy(
            iam.PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"])
        )


class DataMonitor(MonitoringJob):
    """Judges drift and data quality of each window, per variant."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
    ) -> None:
        super().__init__(scope, "data_monitor", platform=platform, model=model, document=document)
        self.may_announce_verdicts(platform)
        self.role.may_read(platform.history, f"prediction_log/{model.name}/")
        self.role.may_read_baselines(platform.artifacts, model.name)


class ModelMonitor(MonitoringJob):
    """Judges the answers of each window once their labels are there, per variant."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
    ) -> None:
        super().__init__(scope, "model_monitor", platform=platform, model=model, document=document)
        self.may_announce_verdicts(platform)
        # Its early word, before labels are there, is a unit of its own.
        self.role.may_put_events("tidewatch.performance_estimate")
        for table in ("prediction_log", "labels"):
            self.role.may_read(platform.history, f"{table}/{model.name}/")
        self.role.may_read_baselines(platform.artifacts, model.name)


class Report(MonitoringJob):
    """Writes the page that people read."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
    ) -> None:
        super().__init__(scope, "report", platform=platform, model=model, document=document)
        for table in (f"prediction_log/{model.name}/", f"labels/{model.name}/", "metrics/"):
            self.role.may_read(platform.history, table)
        self.role.may_read_baselines(platform.artifacts, model.name)
        self.role.may_write(platform.reports, f"{model.name}/")
