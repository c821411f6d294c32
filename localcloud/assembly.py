"""Puts the local cloud together: ministack, moto, our hooks, the gateway. And takes it apart."""

from __future__ import annotations

import logging

from ministack import app as ministack_app

from localcloud import (
    cloudformation,
    endpoints,
    gateway,
    iam_calls,
    iam_hooks,
    inbox,
    jobs,
    lambda_errors,
    lambda_workers,
    model_packages,
    moto_bridge,
    notifications,
    running,
    scalable_targets,
    stepfunctions,
)
from localcloud.gateway import Application
from localcloud.state import Settings

logger = logging.getLogger(__name__)

HOOKS = (
    iam_calls,
    iam_hooks,
    model_packages,
    cloudformation,
    stepfunctions,
    notifications,
    lambda_errors,
    lambda_workers,
    jobs,
    endpoints,
    scalable_targets,
)


def build(settings: Settings) -> Application:
    """Install every hook, start the inbox and return the gateway's ASGI application."""
    moto_bridge.install(ministack_app.SERVICE_HANDLERS)
    for hook in HOOKS:
        hook.install()
    running.add("inbox", "inbox", inbox.start(settings.home))
    return gateway.Gateway(settings, ministack_app.app)


def shutdown() -> None:
    """End jobs, endpoints, servers and Lambda workers; each is tried, whatever others did."""
    ends = (
        jobs.shutdown,
        endpoints.shutdown,
        notifications.shutdown,
        running.stop_all,
        lambda_workers.shutdown,
    )
    for end in ends:
        try:
            end()
        except Exception:  # the next must still be ended
            logger.exception("%s failed", end)
