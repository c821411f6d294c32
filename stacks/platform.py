"""One stage of the platform: every stack, composed."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.alerting import Alerting
from stacks.constructs.platform import Platform
from stacks.monitoring import Monitoring
from stacks.observability import Observability
from stacks.serving import Serving
from stacks.storage import Storage
from stacks.tracking import Tracking
from stacks.training import Training
from tidewatch.core.config import Config


class PlatformStage(cdk.Stage):
    """The shared stacks of a stage, and three stacks a model."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: Config, image_tag: str
    ) -> None:
        stage = config.stage
        super().__init__(
            scope,
            construct_id,
            env=cdk.Environment(account=stage.account, region=stage.region),
        )
        storage = Storage(self, "storage", stage=stage)
        tracking = Tracking(self, "tracking", stage=stage.name, storage=storage)
        alerting = Alerting(self, "alerting", stage=stage, key=storage.key)
        observability = Observability(
            self, "observability", config=config, destinations=alerting.destinations
        )
        platform = Platform(
            stage=stage,
            key=storage.key,
            raw=storage.raw,
            artifacts=storage.artifacts,
            capture=storage.capture,
            history=storage.history,
            reports=storage.reports,
            images=storage.images,
            image_tag=image_tag,
            mlflow_arn=tracking.mlflow_arn,
            workspace=observability.workspace,
        )
        for model in config.models:
            training = Training(self, f"{model.name}-training", platform=platform, model=model)
            Serving(self, f"{model.name}-serving", platform=platform, model=model)
            Monitoring(
                self,
                f"{model.name}-monitoring",
                platform=platform,
                model=model,
                training=training.machine,
            )
        cdk.Tags.of(self).add("tidewatch:stage", stage.name)
