"""Blue/green: new servers are started and healthy before the first request reaches them."""

from __future__ import annotations

import itertools
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from localcloud.endpoints.capture import read_capture
from localcloud.endpoints.deployable import Deployable, resolve
from localcloud.endpoints.endpoint import Endpoint, Live, Variant
from localcloud.endpoints.model_server import ModelServer, launch
from localcloud.endpoints.plain import CONFIG, MODEL
from localcloud.jobs.lifecycle import CALLERS_FAULTS
from localcloud.jobs.operations import Parameters
from localcloud.jobs.records import find
from localcloud.jobs.run import shortened
from localcloud.state import settings

logger = logging.getLogger(__name__)
_numbers = itertools.count(1)


def create(endpoint: Endpoint) -> None:
    """Bring a new endpoint into service, or to Failed with the reason."""
    try:
        live = stage(endpoint, endpoint.request["EndpointConfigName"], keep_weights=False)
    except CALLERS_FAULTS as fault:
        if not endpoint.deleted:
            endpoint.enter("Failed", FailureReason=shortened(str(fault)))
        return
    _switch(endpoint, live)


def update(endpoint: Endpoint, request: Parameters) -> None:
    """Move an endpoint to a configuration; when that fails, the old one goes on serving."""
    keep_weights = bool(request.get("RetainAllVariantProperties"))
    try:
        live = stage(endpoint, request["EndpointConfigName"], keep_weights=keep_weights)
    except CALLERS_FAULTS as fault:
        if not endpoint.deleted:
            endpoint.enter("InService", FailureReason=shortened(str(fault)))
        return
    _switch(endpoint, live)


def stage(endpoint: Endpoint, config_name: str, *, keep_weights: bool) -> Live:
    """Start what a configuration needs and wait until all of it is healthy.

    A variant whose model has not changed keeps its server. When one server fails, all new ones
    are ended and the failure is raised.
    """
    config = find(CONFIG, config_name).request
    current = {server.variant: server for server in endpoint.servers()}
    new: list[ModelServer] = []
    servers: dict[str, ModelServer] = {}
    try:
        for given in config["ProductionVariants"]:
            name = given["VariantName"]
            deployable = _deployable(given, config)
            kept = current.get(name)
            if kept is not None and kept.deployable == deployable and kept.alive:
                servers[name] = kept
                continue
            servers[name] = _launch(endpoint, name, deployable)
            new.append(servers[name])
        with ThreadPoolExecutor(max_workers=max(1, len(new))) as waiting:
            list(waiting.map(ModelServer.wait_healthy, new))
    except BaseException:
        retire(new, drain_seconds=0.0)
        raise
    variants = {
        given["VariantName"]: _variant(endpoint, given, servers[given["VariantName"]], keep_weights)
        for given in config["ProductionVariants"]
    }
    return Live(config_name, variants, read_capture(config.get("DataCaptureConfig")))


def retire(servers: list[ModelServer], **limits: float) -> None:
    """End servers side by side."""
    if servers:
        with ThreadPoolExecutor(max_workers=len(servers)) as ending:
            list(ending.map(lambda server: server.retire(**limits), servers))


def _deployable(given: Parameters, config: Parameters) -> Deployable:
    model = find(MODEL, given["ModelName"])
    return resolve(model.request, config.get("ExecutionRoleArn", ""))


def _launch(endpoint: Endpoint, variant: str, deployable: Deployable) -> ModelServer:
    folder = settings().home / "endpoints" / endpoint.name / f"{variant}-{next(_numbers)}"
    return launch(folder, variant, deployable)


def _variant(
    endpoint: Endpoint, given: Parameters, server: ModelServer, keep_weights: bool
) -> Variant:
    before = endpoint.live.variants.get(given["VariantName"]) if endpoint.live else None
    weight: Any = given.get("InitialVariantWeight", 1.0)
    instances: Any = given.get("InitialInstanceCount", 1)
    if before is not None and keep_weights:
        weight, instances = before.weight, before.instances
    return Variant(given["VariantName"], server, float(weight), int(instances))


def _switch(endpoint: Endpoint, live: Live) -> None:
    old = endpoint.switch(live)
    if endpoint.deleted:  # meanwhile: nothing of it may stay
        retire([variant.server for variant in live.variants.values()], drain_seconds=0.0)
        return
    endpoint.enter("InService", FailureReason=None)
    retire(old)
