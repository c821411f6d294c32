"""Puts the local cloud together: ministack, moto, our hooks, the gateway. And takes it apart."""

from __future__ import annotations

import importlib
import logging
from types import ModuleType

from localcloud import (
    cloudformation,
    gateway,
    iam_hooks,
    lambda_workers,
    model_packages,
    moto_bridge,
    notifications,
    running,
    stepfunctions,
)
from localcloud.gateway import Application
from localcloud.state import Settings

logger = logging.getLogger(__name__)


def build(settings: Settings) -> Application:
    """Install every hook and return the gateway's ASGI application."""
    from ministack import app as ministack_app

    moto_bridge.install(ministack_app.SERVICE_HANDLERS)
    iam_hooks.install()
    model_packages.install()
    cloudformation.install()
    stepfunctions.install()
    notifications.install()
    lambda_workers.install()
    for executor in _executors():
        executor.install()
    inbox = importlib.import_module("localcloud.inbox")
    if hasattr(inbox, "start"):
        running.add("inbox", "inbox", inbox.start(settings.home))
    return gateway.Gateway(settings, ministack_app.app)


def shutdown() -> None:
    """End jobs, endpoints, servers and Lambda workers; each is tried, whatever happens to others."""
    ends = [executor.shutdown for executor in _executors()]
    for end in [*ends, running.stop_all, notifications.shutdown, lambda_workers.shutdown]:
        try:
            end()
        except Exception:  # noqa: BLE001 - the next must still be ended
            logger.exception("%s failed", end)


def _executors() -> list[ModuleType]:
    found = [importlib.import_module(f"localcloud.{name}") for name in ("jobs", "endpoints")]
    return [m for m in found if hasattr(m, "install")]
