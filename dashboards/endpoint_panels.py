"""How an endpoint does: traffic, errors, latency, from CloudWatch."""

from __future__ import annotations

from dashboards.cloudwatch_metric import of_endpoint
from dashboards.panel import Panel


def endpoint_panels(endpoint: str) -> tuple[Panel, ...]:
    """The panels of one endpoint, each with a line a variant."""
    return (
        Panel(
            "Requests a minute",
            "What each variant is asked; their ratio is the traffic split.",
            unit="short",
            metrics=of_endpoint(endpoint, "Invocations", "Sum"),
        ),
        Panel(
            "Share of requests that fail",
            "Errors of the model or its container (5XX); the client's own faults are 4XX.",
            unit="percentunit",
            metrics=(
                *of_endpoint(endpoint, "Invocation5XXErrors", "Average"),
                *of_endpoint(endpoint, "Invocation4XXErrors", "Average"),
            ),
        ),
        Panel(
            "Latency of the model",
            "From SageMaker's request to the container's answer: median and 99th percentile.",
            unit="µs",
            metrics=(
                *of_endpoint(endpoint, "ModelLatency", "p50"),
                *of_endpoint(endpoint, "ModelLatency", "p99"),
            ),
        ),
        Panel(
            "Latency that SageMaker adds",
            "Authentication, routing and transport: what changing the model does not change.",
            unit="µs",
            metrics=of_endpoint(endpoint, "OverheadLatency", "p99"),
        ),
    )
