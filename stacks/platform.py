"""Every stack of one stage, composed."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.alerting import Alerting
from stacks.constructs.concurrency_cap import cap_functions
from stacks.constructs.encrypted_logs import encrypt_logs
from stacks.constructs.image_source import COPIED
from stacks.constructs.observed_stage import ObservedStage
from stacks.constructs.platform import Platform
from stacks.guardrails import Guardrails
from stacks.images import Images
from stacks.model_health import ModelHealth
from stacks.monitoring import Monitoring
from stacks.network import Network
from stacks.observability import Observability
from stacks.pipeline import Pipeline
from stacks.serving import Serving
from stacks.storage import Storage
from stacks.tracking import Tracking
from stacks.training import Training
from tidewatch.core.config import Config, ModelConfig


def add_platform(scope: Construct, *, config: Config, image_tag: str) -> cdk.Stage:
    """Add a stage to an app: the shared stacks, and four stacks a model.

    `image_tag` is that of the images where the stage does not build its own.
    """
    stage = config.stage
    boundary = stage.permissions_boundary
    place = cdk.Stage(
        scope,
        f"tidewatch-{stage.name}",
        env=cdk.Environment(account=stage.account, region=stage.region),
        permissions_boundary=cdk.PermissionsBoundary.from_name(boundary) if boundary else None,
    )
    storage = Storage(place, "storage", config=config)
    alerting = Alerting(place, "alerting", stage=stage, key=storage.key)
    images = (
        Images(
            place,
            "images",
            config=config,
            build=stage.images,
            storage=storage,
            topics=alerting.topics,
        )
        if stage.images
        else None
    )
    network = (
        Network(place, "network", stage=stage, network=stage.network, key=storage.key)
        if stage.network
        else None
    )
    tracking = Tracking(place, "tracking", stage=stage, storage=storage)
    observability = Observability(
        place,
        "observability",
        stage=ObservedStage(stage, storage, network.private if network else None, alerting.topics),
        models=config.models,
        destinations=alerting.destinations,
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
        image_tags=images.image_tags if images else dict.fromkeys(COPIED, image_tag),
        network=network.private if network else None,
        mlflow=tracking.mlflow,
        workspace=observability.workspace,
        topics=alerting.topics,
        pager=alerting.pager,
    )
    for model in config.models:
        for stack in _add_model(place, platform, model):
            if images:
                # No job may start before its image is there.
                stack.add_stack_dependency(images)
    if stage.budget:
        Guardrails(
            place,
            "guardrails",
            config=config,
            budget=stage.budget,
            topic=alerting.topics.chat if stage.alerting.slack else alerting.topics.warning,
        )
    if stage.github:
        Pipeline(place, "pipeline", stage=stage.name, github=stage.github)
    encrypt_logs(place, storage.key)
    if stage.limits.function_concurrency:
        cap_functions(place, stage.limits.function_concurrency)
    cdk.Tags.of(place).add("tidewatch:stage", stage.name)
    return place


def _add_model(place: cdk.Stage, platform: Platform, model: ModelConfig) -> list[cdk.Stack]:
    training = Training(place, f"{model.name}-training", platform=platform, model=model)
    monitoring = Monitoring(
        place,
        f"{model.name}-monitoring",
        platform=platform,
        model=model,
        training=training.machine,
    )
    stacks = [
        training,
        Serving(place, f"{model.name}-serving", platform=platform, model=model),
        monitoring,
        ModelHealth(
            place,
            f"{model.name}-health",
            platform=platform,
            model=model,
            machine=monitoring.machine,
        ),
    ]
    for stack in stacks:
        # What a bill is divided by, once the tag is activated for that.
        cdk.Tags.of(stack).add("tidewatch:model", model.name)
    return stacks
