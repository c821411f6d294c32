"""How often an endpoint was asked, as CloudWatch counts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from tidewatch.aws.clients import aws_client
from tidewatch.core.window import Window

_NAMESPACE = "AWS/SageMaker"
# A request that ends in an error is an invocation, and nothing is captured of it.
_SIGNS = {"Invocations": 1, "Invocation4XXErrors": -1, "Invocation5XXErrors": -1}


class Invocations(Protocol):
    """What is asked of how an endpoint was used."""

    def answered(
        self, variants: Iterable[str], span: Window, period: timedelta
    ) -> Mapping[tuple[str, datetime], int]:
        """How many requests each variant answered, by the start of each period in `span`.

        Periods without any answer are absent.
        """


class EndpointInvocations:
    """`Invocations` of one SageMaker endpoint."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._cloudwatch: Any = aws_client("cloudwatch")

    def answered(
        self, variants: Iterable[str], span: Window, period: timedelta
    ) -> Mapping[tuple[str, datetime], int]:
        """See `Invocations`."""
        asked = {
            f"m{number}": (variant, name)
            for number, (variant, name) in enumerate(
                (variant, name) for variant in variants for name in _SIGNS
            )
        }
        if not asked:
            return {}
        pages = self._cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[self._query(key, *what, period) for key, what in asked.items()],
            StartTime=span.start,
            EndTime=span.end,
        )
        answered: Counter[tuple[str, datetime]] = Counter()
        for page in pages:
            for found in page["MetricDataResults"]:
                variant, name = asked[found["Id"]]
                for at, value in zip(found["Timestamps"], found["Values"], strict=True):
                    answered[variant, at] += _SIGNS[name] * int(value)
        return +answered

    def _query(self, key: str, variant: str, name: str, period: timedelta) -> dict[str, Any]:
        dimensions = {"EndpointName": self._endpoint, "VariantName": variant}
        return {
            "Id": key,
            "MetricStat": {
                "Metric": {
                    "Namespace": _NAMESPACE,
                    "MetricName": name,
                    "Dimensions": [
                        {"Name": key, "Value": value} for key, value in dimensions.items()
                    ],
                },
                "Period": int(period.total_seconds()),
                "Stat": "Sum",
            },
        }
