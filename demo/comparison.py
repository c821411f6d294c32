"""Champion against challenger, on the windows that both served and whose labels are known."""

from __future__ import annotations

from typing import Any

from demo.history import History


def compare_variants(history: History, model: str) -> list[dict[str, Any]]:
    """One entry a pair of versions: how many windows, and the mean ROC AUC of each, by rows."""
    return history.sql(
        "metrics",
        f"""
        WITH scored AS (
            SELECT window_start, variant, version, value, rows FROM rows
            WHERE model = '{model}' AND unit = 'model_monitor' AND metric = 'roc_auc'
              AND value IS NOT NULL AND coalesce(segment, '') = ''
        )
        SELECT 'version ' || champion.version AS champion,
               'version ' || challenger.version AS challenger,
               count(*) AS windows,
               sum(champion.value * champion.rows) / sum(champion.rows) AS champion_roc_auc,
               sum(challenger.value * challenger.rows) / sum(challenger.rows)
                   AS challenger_roc_auc,
               challenger_roc_auc - champion_roc_auc AS difference
        FROM scored AS champion JOIN scored AS challenger USING (window_start)
        WHERE champion.variant = 'champion' AND challenger.variant = 'challenger'
          AND champion.version <> challenger.version
        GROUP BY ALL ORDER BY challenger
        """,  # noqa: S608 - a name of our own configuration
    )
