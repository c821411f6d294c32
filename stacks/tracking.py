"""Experiment tracking: a managed MLflow App with its artefacts in our bucket."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.constructs.tracking_role import TrackingRole
from stacks.storage import Storage


class Tracking(cdk.Stack):
    """The MLflow App of the stage; `mlflow_arn` is its tracking URI."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: str,
        storage: Storage,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        role = TrackingRole(self, "Role", bucket=storage.artifacts, key=storage.key)
        app = sagemaker.CfnMlflowApp(
            self,
            "App",
            name=f"tidewatch-{stage}",
            artifact_store_uri=storage.artifacts.s3_url_for_object("mlflow"),
            role_arn=role.role_arn,
            model_registration_mode="AutoModelRegistrationDisabled",
        )
        app.node.add_dependency(role)
        self.mlflow_arn = app.attr_arn
        cdk.CfnOutput(self, "MlflowArn", value=self.mlflow_arn)
