"""whylogs: a profile of each side, then its drift scores with their defaults.

A reference that is no Parquet file is a profile stored by `whylogs_profile`.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import whylogs  # type: ignore[import-not-found]
from whylogs.viz.drift.column_drift_algorithms import (  # type: ignore[import-not-found]
    calculate_drift_scores,
)

from benchmarks.speed.peers.arguments import arguments

P_VALUES = {"ks": "ks_p_value", "chi-square": "chi_square_p_value"}


def main() -> None:
    """Score every column; a feature is drifted where whylogs' category says so."""
    given = arguments()
    warnings.simplefilter("ignore")
    scores = calculate_drift_scores(
        target_view=_view(given.current),
        reference_view=_view(given.reference),
        with_thresholds=True,
    )
    given.answer({name: _finding(score) for name, score in scores.items() if score})


def _view(path: Path) -> Any:
    if path.suffix == ".parquet":
        return whylogs.log(pandas=pd.read_parquet(path)).view()
    return whylogs.DatasetProfileView.read(str(path))


def _finding(score: dict[str, Any]) -> dict[str, float | bool]:
    name = str(score["algorithm"])
    return {
        name.replace("-", "_"): float(score["statistic"] or 0.0),
        P_VALUES[name]: float(score["pvalue"]),
        "drifted": score["drift_category"] == "DRIFT",
    }


if __name__ == "__main__":
    main()
