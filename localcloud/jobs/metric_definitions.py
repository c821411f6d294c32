"""Metrics of a training job: what regular expressions find in what the program printed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from localcloud.jobs.records import utc_now


def check_definitions(definitions: Iterable[Mapping[str, str]]) -> None:
    """Refuse a regular expression that cannot be read."""
    for each in definitions:
        try:
            re.compile(each["Regex"])
        except re.error as fault:
            raise ValidationError(
                f"metric definition {each['Name']}: found {each['Regex']!r}, which is no regular "
                f"expression ({fault}); expected one with a group around the number"
            ) from fault


def final_metrics(definitions: Iterable[Mapping[str, str]], log: str) -> list[dict[str, Any]]:
    """The last value of each metric that was printed at all, as FinalMetricDataList has it."""
    found = ((each["Name"], last_value(each["Regex"], log)) for each in definitions)
    return [
        {"MetricName": name, "Value": value, "Timestamp": utc_now()}
        for name, value in found
        if value is not None
    ]


def last_value(regex: str, log: str) -> float | None:
    r"""The first group of the last line that matches and holds a number.

    >>> last_value("auc=([0-9.]+)", "epoch 1 auc=0.5\nepoch 2 auc=0.75\ndone")
    0.75
    """
    pattern = re.compile(regex)
    for line in reversed(log.splitlines()):
        *_, match = [None, *pattern.finditer(line)]
        value = _number(match[1] if match.groups() else match[0]) if match else None
        if value is not None:
            return value
    return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
