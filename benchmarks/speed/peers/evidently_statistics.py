"""Evidently, asked for the statistics that `tidewatch drift` reports, and no others.

Its numbers are its own: PSI, KL and JS over Sturges' bins of both samples, K-S as a p-value.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from evidently import Dataset, Report
from evidently.metrics import (
    MaxValue,
    MeanValue,
    MinValue,
    MissingValueCount,
    OutRangeValueCount,
    StdValue,
    UniqueValueCount,
    ValueDrift,
)

from benchmarks.speed.peers.arguments import CATEGORICAL, NUMERIC, arguments
from benchmarks.speed.peers.evidently_data import dataset

NUMERIC_METHODS = {
    "psi": "psi",
    "kl_div": "kl",
    "jensenshannon": "js",
    "ks": "ks_p_value",
    "wasserstein": "wasserstein_normalised",
}
CATEGORICAL_METHODS = {
    "psi": "psi",
    "kl_div": "kl",
    "jensenshannon": "js",
    "chisquare": "chi_square_p_value",
}
OF_NUMBERS = (MissingValueCount, MeanValue, StdValue, MinValue, MaxValue)
OF_CATEGORIES = (MissingValueCount, UniqueValueCount)


def main() -> None:
    """Run every metric in one report."""
    given = arguments()
    warnings.simplefilter("ignore")
    reference, current = dataset(given.reference), dataset(given.current)
    found = Report(_metrics(reference)).run(current, reference).dict()
    findings: dict[str, dict[str, float | bool]] = {name: {} for name in NUMERIC + CATEGORICAL}
    for metric in found["metrics"]:
        _note(metric, findings)
    given.answer(findings)


def _metrics(reference: Dataset) -> list[Any]:
    drift = [ValueDrift(column=c, method=m) for c in NUMERIC for m in NUMERIC_METHODS]
    drift += [ValueDrift(column=c, method=m) for c in CATEGORICAL for m in CATEGORICAL_METHODS]
    outliers = [_outliers(name, reference) for name in NUMERIC]
    of_numbers = [metric(column=name) for name in NUMERIC for metric in OF_NUMBERS]
    of_categories = [metric(column=name) for name in CATEGORICAL for metric in OF_CATEGORIES]
    return drift + outliers + of_numbers + of_categories


def _outliers(name: str, reference: Dataset) -> Any:
    """Tukey's fence of the reference, which Evidently has to be told."""
    low, high = reference.as_dataframe()[name].quantile([0.25, 0.75])
    reach = 1.5 * (high - low)
    return OutRangeValueCount(column=name, left=low - reach, right=high + reach)


def _note(metric: Mapping[str, Any], findings: dict[str, dict[str, float | bool]]) -> None:
    config = metric["config"]
    column, method = config["column"], config.get("method")
    methods = NUMERIC_METHODS if column in NUMERIC else CATEGORICAL_METHODS
    if method in methods:
        findings[column][methods[method]] = float(metric["value"])


if __name__ == "__main__":
    main()
