"""The stacks of alerting and observability by themselves, with what a stage may ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

from stacks.alerting import Alerting
from stacks.constructs.observed_stage import ObservedStage
from stacks.network import Network
from stacks.observability import Observability
from stacks.storage import Storage
from tests.infra.conftest import PROJECT
from tidewatch.core.config import Config, load_config
from tidewatch.core.config.foundation import NewNetwork

Json = dict[str, Any]


def stage_with(observability: Json, **alerting: object) -> Config:
    """The stage `prod` with other wishes."""
    config = load_config(PROJECT / "config", "prod")
    known = config.stage.model_dump()
    wanted = {
        **known,
        "observability": observability,
        "alerting": {**known["alerting"], **alerting},
    }
    return replace(config, stage=type(config.stage).model_validate(wanted))


def observed(config: Config, folder: Path, *, network: bool = False) -> dict[str, Template]:
    """The templates of storage, alerting and observability."""
    context = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(outdir=str(folder), context=context)
    stage = config.stage
    storage = Storage(app, "storage", config=config)
    alerting = Alerting(app, "alerting", stage=stage, key=storage.key)
    private = None
    if network:
        new = NewNetwork(kind="new")
        private = Network(app, "network", stage=stage, network=new, key=storage.key).private
    place = ObservedStage(stage, storage, private, alerting.topics)
    observability = Observability(
        app,
        "observability",
        stage=place,
        models=config.models,
        destinations=alerting.destinations,
    )
    return {item.node.id: Template.from_stack(item) for item in (storage, alerting, observability)}


def only(template: Template, kind: str) -> Json:
    """The properties of the one resource of a type."""
    (found,) = template.find_resources(kind).values()
    properties: Json = found["Properties"]
    return properties


def statements(template: Template, role: str) -> Iterator[Json]:
    """What the policies of the role whose logical id begins so allow."""
    for policy in template.find_resources("AWS::IAM::Policy").values():
        roles = [item["Ref"] for item in policy["Properties"]["Roles"]]
        if any(name.startswith(role) for name in roles):
            yield from policy["Properties"]["PolicyDocument"]["Statement"]


def actions(found: Iterator[Json]) -> set[str]:
    """All actions of statements."""
    named: set[str] = set()
    for statement in found:
        action = statement["Action"]
        named |= {action} if isinstance(action, str) else set(action)
    return named
