"""A panel: one picture with one meaning, declared once for every system that draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dashboards.cloudwatch_metric import CloudWatchMetric, EveryVersion

WIDTH = 24
"""Columns of a dashboard, in Grafana and in CloudWatch."""

Unit = Literal["none", "percentunit", "short", "µs", "s"]


@dataclass(frozen=True)
class Query:
    """A PromQL expression; `legend` names its series by their labels."""

    expression: str
    legend: str


@dataclass(frozen=True)
class Panel:
    """What a panel shows: PromQL (drawn by Grafana) or CloudWatch's metrics (drawn by both).

    `values` gives numbers their names. Sizes are in columns and rows.
    """

    title: str
    description: str
    unit: Unit = "none"
    queries: tuple[Query, ...] = ()
    metrics: tuple[CloudWatchMetric | EveryVersion, ...] = ()
    values: Mapping[int, str] = field(default_factory=dict)
    width: int = 12
    height: int = 7


@dataclass(frozen=True)
class Place:
    """Where a panel is: columns from the left, rows from the top."""

    x: int
    y: int


def places(panels: tuple[Panel, ...]) -> tuple[Place, ...]:
    """A place for each panel: in lines, from left to right, none over another.

    >>> wide, narrow = Panel("", "", width=24, height=3), Panel("", "", width=12, height=7)
    >>> places((wide, narrow, narrow, narrow))[1:]
    (Place(x=0, y=3), Place(x=12, y=3), Place(x=0, y=10))
    """
    found = []
    x = y = line = 0
    for panel in panels:
        if x + panel.width > WIDTH:
            x, y, line = 0, y + line, 0
        found.append(Place(x, y))
        x += panel.width
        line = max(line, panel.height)
    return tuple(found)
