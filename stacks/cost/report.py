"""An estimate as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from stacks.cost.line import Line
from stacks.cost.prices import AS_OF

_LEFT_OUT = (
    "what is paid by the request: S3, KMS, Athena, Step Functions, Lambda, EventBridge, SNS",
    "data through interface endpoints and between regions, logs by the gigabyte",
    "raw data, artefacts, images and old versions as they grow",
    "instances above `instance_count` when scaling adds some; what spot instances save",
    "trainings that verdicts start, beyond those assumed; jobs on shards or Spark (docs/scale.md)",
    "Slack and PagerDuty; free tiers, savings plans, support, taxes",
)


def report(lines: Sequence[Line], assumed: Iterable[str], region: str) -> str:
    """The lines by stack with their sums, the total, the assumptions, and what is left out."""
    ordered = sorted(lines, key=lambda line: (line.stack, -(line.usd or 0), line.driver))
    rows = [("stack", "driver", "quantity", "USD a month")]
    for stack, group in groupby(ordered, key=lambda line: line.stack):
        own = list(group)
        rows += [(line.stack, line.driver, line.quantity, _usd(line.usd)) for line in own]
        rows.append((stack, "together", "", _usd(sum(line.usd or 0 for line in own))))
    rows.append(("all", "together", "", _usd(sum(line.usd or 0 for line in lines))))
    unpriced = [line.driver for line in lines if line.usd is None]
    left_out = [*(f"{driver}: not in the table of prices" for driver in unpriced), *_LEFT_OUT]
    return "\n".join(
        [
            *_table(rows),
            "",
            f"Prices of {region}, on demand, {AS_OF}, as remembered: check them.",
            "",
            "Assumed for each model:",
            *(f"  {text}" for text in assumed),
            "",
            "Left out:",
            *(f"  {text}" for text in left_out),
        ]
    )


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            [
                *(cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True)),
                row[-1].rjust(widths[-1]),
            ]
        )
        for row in rows
    ]


def _usd(amount: float | None) -> str:
    return "?" if amount is None else f"{amount:,.2f}"
