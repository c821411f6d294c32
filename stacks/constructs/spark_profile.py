"""Spark profiles windows that are too large for a few instances: an EMR Serverless application."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_emrserverless as emr
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.job_machine import JobMachine
from stacks.constructs.job_role import DataRole
from stacks.constructs.platform import Platform
from stacks.constructs.shard_profile import may_profile
from tidewatch.core.config import ModelConfig

RELEASE = "emr-7.12.0"
"""Ships Spark 3.5.6, as the tests run; images/spark/Dockerfile stands on the same release."""

_UNIT = "spark_profile"
_PROGRAM = Path(__file__).parents[2] / "monitoring_jobs" / _UNIT / "main.py"
_PYTHON = "/usr/bin/python3.11"
_IDLE_MINUTES = 5
_SETTINGS = {
    "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON": _PYTHON,
    "spark.emr-serverless.driverEnv.PYSPARK_PYTHON": _PYTHON,
    "spark.executorEnv.PYSPARK_PYTHON": _PYTHON,
    # The exit message goes below it: only SageMaker's containers have /opt/ml.
    "spark.emr-serverless.driverEnv.ML_ROOT": "/tmp/ml",  # noqa: S108 - inside the container
}


class SparkProfile(Construct):
    """The application, the role of its jobs, and the state that runs one for a plan."""

    def __init__(self, scope: Construct, *, platform: Platform, model: ModelConfig) -> None:
        super().__init__(scope, _UNIT)
        self.role = DataRole(self, "Role", service="emr-serverless.amazonaws.com", key=platform.key)
        may_profile(self.role, platform, model.name)
        program = assets.Asset(self, "Program", path=str(_PROGRAM))
        self.role.may_read(program.bucket, program.s3_object_key)
        self.application = self._application(platform)
        self.step = sfn.CustomState(
            self, f"Run {_UNIT}", state_json=self._state(platform, model, program)
        )

    def may_be_run_by(self, machine: JobMachine) -> None:
        """Let `machine` run the jobs."""
        machine.may_run_spark(self.application.attr_arn, self.role)

    def _application(self, platform: Platform) -> emr.CfnApplication:
        # Workers stand up when a job comes and go a little after it: nothing is paid in between.
        return emr.CfnApplication(
            self,
            "Application",
            release_label=RELEASE,
            type="SPARK",
            architecture="X86_64",
            image_configuration={"imageUri": platform.spark_image},
            auto_start_configuration={"enabled": True},
            auto_stop_configuration={"enabled": True, "idleTimeoutMinutes": _IDLE_MINUTES},
            maximum_capacity={"cpu": "200 vCPU", "memory": "1600 GB", "disk": "4000 GB"},
        )

    def _state(
        self, platform: Platform, model: ModelConfig, program: assets.Asset
    ) -> dict[str, object]:
        minutes = int(model.monitoring.max_runtime.total_seconds()) // 60
        arguments = (
            f"'--bucket', '{platform.history.bucket_name}', '--model', '{model.name}', "
            f"'--account', '{cdk.Aws.ACCOUNT_ID}'"
        )
        return {
            "Type": "Task",
            "Resource": f"arn:{cdk.Aws.PARTITION}:states:::emr-serverless:startJobRun.sync",
            "Parameters": {
                "ApplicationId": self.application.attr_application_id,
                "ExecutionRoleArn": self.role.role_arn,
                "ExecutionTimeoutMinutes": minutes,
                "JobDriver": {
                    "SparkSubmit": {
                        "EntryPoint": program.s3_object_url,
                        "EntryPointArguments.$": (
                            f"States.Array({arguments}, '--plan', $.data_monitor.answer.plan)"
                        ),
                        "SparkSubmitParameters": " ".join(
                            f"--conf {key}={value}" for key, value in _SETTINGS.items()
                        ),
                    }
                },
            },
            "ResultSelector": {"job.$": "$.JobRunId"},
            "ResultPath": f"$.{_UNIT}",
            "TimeoutSeconds": minutes * 60 + 900,
        }
