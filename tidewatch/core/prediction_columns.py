"""The columns that the platform itself adds to a model's rows: no feature may have their names."""

from __future__ import annotations

from typing import Final

PREDICTION_COLUMNS: Final = frozenset(
    {
        "model",
        "version",
        "variant",
        "inference_id",
        "event_time",
        "inference_time",
        "score",
        "label",
        "source",
        "line",
        "day",
    }
)
"""Those of the prediction log, and of the labels that are joined to it."""

PREPARATION_PREFIX: Final = "tw_"
"""What the columns begin with that data preparation marks rows by."""


def is_taken(name: str) -> bool:
    """Whether `name` is a column of the platform's. SQL and Delta tables ignore case.

    >>> is_taken("Score"), is_taken("scored")
    (True, False)
    """
    return name.lower() in PREDICTION_COLUMNS or name.lower().startswith(PREPARATION_PREFIX)
