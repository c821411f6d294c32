"""What Evidently's default preset decides, and what a public sample makes of its scores."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pandas as pd  # type: ignore[import-untyped]

from benchmarks.drift.rules import Decision
from benchmarks.drift.samples import Sample
from tidewatch.core.feature_kind import FeatureKind

PRESET = "Evidently, default preset"
BELOW = "sample rule: score < threshold"
ABOVE = "sample rule: score > threshold"
ABSENT = "sample rule: a metric that is not there"


def evidently_decisions(reference: Sample, current: Sample) -> Iterator[Decision]:
    """Runs the preset on both samples, and reads its scores by four rules.

    The preset picks a p-value for references of up to 1,000 rows and a distance for longer ones.
    The sample's rules compare either with the threshold, one way for both.
    """
    for feature, method, value, threshold in _scores(reference, current):
        drifted = value < threshold if "p_value" in method else value >= threshold
        yield Decision(PRESET, feature, drifted)
        yield Decision(BELOW, feature, value < threshold)
        yield Decision(ABOVE, feature, value > threshold)
        yield Decision(ABSENT, feature, alarm=False)


def _scores(reference: Sample, current: Sample) -> Iterator[tuple[str, str, float, float]]:
    """Feature, method, score and threshold of every column."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own divisions by zero
        from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415 - 5 seconds
        from evidently.presets import DataDriftPreset  # noqa: PLC0415 - see above

        kinds = {name: column.kind for name, column in current.items()}
        definition = DataDefinition(
            numerical_columns=[n for n, kind in kinds.items() if kind is FeatureKind.NUMERIC],
            categorical_columns=[n for n, kind in kinds.items() if kind is not FeatureKind.NUMERIC],
        )
        before, now = (
            Dataset.from_pandas(
                pd.DataFrame({name: side[name].to_pandas() for name in kinds}), definition
            )
            for side in (reference, current)
        )
        found = Report([DataDriftPreset()]).run(now, before).dict()
    for metric in found["metrics"]:
        config = metric["config"]
        if config["type"].endswith("ValueDrift"):
            yield config["column"], config["method"], float(metric["value"]), config["threshold"]
