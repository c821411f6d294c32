"""Experiment tracking: SageMaker's MLflow, with its artefacts in our bucket."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.constructs.mlflow import APP_ACTIONS, SERVER_ACTIONS, Mlflow
from stacks.constructs.tracking_role import TrackingRole
from stacks.storage import Storage
from tidewatch.core.config import StageConfig
from tidewatch.core.config.foundation import MlflowServer


class Tracking(cdk.Stack):
    """The MLflow App or tracking server of the stage; the ARN of `mlflow` is its tracking URI.

    Neither registers models by itself: the registration job does, once they are evaluated.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        storage: Storage,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = f"tidewatch-{stage.name}"
        # Runs and their metrics are kept in it, and nowhere else.
        self._kept = cdk.RemovalPolicy.RETAIN if stage.protected else cdk.RemovalPolicy.DESTROY
        self._store = storage.artifacts.s3_url_for_object("mlflow")
        role = TrackingRole(self, "Role", bucket=storage.artifacts, key=storage.key)
        if isinstance(stage.mlflow, MlflowServer):
            self.mlflow = Mlflow(self._server(role, stage.mlflow.size), SERVER_ACTIONS)
        else:
            self.mlflow = Mlflow(self._app(role), APP_ACTIONS)
        cdk.CfnOutput(self, "MlflowArn", value=self.mlflow.arn)

    def _app(self, role: iam.Role) -> str:
        app = sagemaker.CfnMlflowApp(
            self,
            "App",
            name=self._name,
            artifact_store_uri=self._store,
            role_arn=role.role_arn,
            model_registration_mode="AutoModelRegistrationDisabled",
        )
        app.node.add_dependency(role)
        app.apply_removal_policy(self._kept)
        return app.attr_arn

    def _server(self, role: iam.Role, size: str) -> str:
        server = sagemaker.CfnMlflowTrackingServer(
            self,
            "Server",
            tracking_server_name=self._name,
            tracking_server_size=size,
            artifact_store_uri=self._store,
            role_arn=role.role_arn,
            automatic_model_registration=False,
        )
        server.node.add_dependency(role)
        server.apply_removal_policy(self._kept)
        return server.attr_tracking_server_arn
