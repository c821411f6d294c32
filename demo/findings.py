"""What the monitors captured, quarantined and found."""

from __future__ import annotations

from typing import Any

from demo.history import History

_SHOWN = 5


def findings(history: History, model: str) -> dict[str, Any]:
    """`captured`, `quarantined` and `found`, from the Delta tables."""
    return {
        "captured": _captured(history, model),
        "quarantined": _quarantined(history, model),
        "found": {"verdicts": _verdicts(history, model), "worst": _worst(history, model)},
    }


def _captured(history: History, model: str) -> dict[str, Any]:
    (row,) = history.sql(
        f"prediction_log/{model}",
        "SELECT count(*) AS rows, count(DISTINCT source) AS objects FROM rows",
    )
    return row


def _quarantined(history: History, model: str) -> dict[str, Any]:
    rows = history.sql(
        "quarantine",
        f"SELECT reason, count(*) AS n FROM rows WHERE model = '{model}' GROUP BY reason",  # noqa: S608
    )
    reasons = {str(row["reason"]): int(str(row["n"])) for row in rows}
    return {"rows": sum(reasons.values()), "reasons": reasons}


def _verdicts(history: History, model: str) -> dict[str, dict[str, int]]:
    rows = history.sql(
        "metrics",
        f"""
        SELECT unit, verdict, count(*) AS n FROM rows
        WHERE model = '{model}' AND metric = 'verdict' AND feature = ''
        GROUP BY unit, verdict ORDER BY unit, verdict
        """,  # noqa: S608 - a name of our own configuration
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(str(row["unit"]), {})[str(row["verdict"])] = int(str(row["n"]))
    return found


def _worst(history: History, model: str) -> list[dict[str, Any]]:
    return history.sql(
        "metrics",
        f"""
        SELECT feature, max(value) AS psi, arg_max(window_start, value) AS window_start,
               arg_max(version, value) AS version
        FROM rows
        WHERE model = '{model}' AND unit = 'data_monitor' AND metric = 'psi' AND feature <> ''
        GROUP BY feature ORDER BY psi DESC LIMIT {_SHOWN}
        """,  # noqa: S608 - a name of our own configuration
    )
