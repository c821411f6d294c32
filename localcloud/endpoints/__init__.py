"""SageMaker's endpoints, really serving: one process of the serving image a production variant."""

from __future__ import annotations

from localcloud.endpoints import deployment, operations, plain
from localcloud.endpoints.endpoint import KIND, Endpoint
from localcloud.endpoints.invocation import Answer, invoke, meter, recorder
from localcloud.endpoints.supervision import Supervisor
from localcloud.endpoints.ticker import Ticker
from localcloud.jobs.records import collection

__all__ = ["Answer", "install", "invoke", "shutdown"]

CAPTURE_SECONDS = 0.25
METRICS_SECONDS = 5.0
SUPERVISION_SECONDS = 0.25

_tickers: list[Ticker] = []


def install() -> None:
    """Answer the operations of models and endpoints. Call it before the first request."""
    plain.install()
    operations.install()
    _tickers[:] = [
        Ticker(CAPTURE_SECONDS, recorder.flush_due),
        Ticker(METRICS_SECONDS, meter.put),
        Ticker(SUPERVISION_SECONDS, Supervisor().look),
    ]
    for ticker in _tickers:
        ticker.start()


def shutdown() -> None:
    """End every server; the last capture and metrics are put while the gateway still answers."""
    for ticker in _tickers:
        ticker.stop()
    endpoints = [each for each in collection(KIND).values() if isinstance(each, Endpoint)]
    for endpoint in endpoints:
        endpoint.deleted = True
    servers = [server for endpoint in endpoints for server in endpoint.servers()]
    deployment.retire(servers, drain_seconds=0.0)
    recorder.flush()
    meter.put()
