"""Every stack of one stage, composed."""

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


def add_platform(scope: Construct, *, config: Config, image_tag: str) -> None:
    """Add the shared stacks of a stage, and three stacks a model, to an app or a `Stage`."""
    stage = config.stage
    prefix = f"tidewatch-{stage.name}"
    env = cdk.Environment(account=stage.account, region=stage.region)
    storage = Storage(scope, f"{prefix}-storage", stage=stage, env=env)
    tracking = Tracking(scope, f"{prefix}-tracking", stage=stage.name, storage=storage, env=env)
    alerting = Alerting(scope, f"{prefix}-alerting", stage=stage, key=storage.key, env=env)
    observability = Observability(
        scope,
        f"{prefix}-observability",
        config=config,
        destinations=alerting.destinations,
        env=env,
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
        name = f"{prefix}-{model.name}"
        training = Training(scope, f"{name}-training", platform=platform, model=model, env=env)
        Serving(scope, f"{name}-serving", platform=platform, model=model, env=env)
        Monitoring(
            scope,
            f"{name}-monitoring",
            platform=platform,
            model=model,
            training=training.machine,
            env=env,
        )
    cdk.Tags.of(scope).add("tidewatch:stage", stage.name)
