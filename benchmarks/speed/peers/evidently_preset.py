"""Evidently as most people run it: the data drift preset with its defaults."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from evidently import Report
from evidently.presets import DataDriftPreset

from benchmarks.speed.peers.arguments import arguments
from benchmarks.speed.peers.evidently_data import dataset


def main() -> None:
    """Run the preset; a feature is drifted where its distance reaches the preset's threshold."""
    given = arguments()
    warnings.simplefilter("ignore")
    report = Report([DataDriftPreset()])
    found = report.run(dataset(given.current), dataset(given.reference)).dict()
    given.answer(
        {
            metric["config"]["column"]: _finding(metric)
            for metric in found["metrics"]
            if "column" in metric["config"]
        }
    )


def _finding(metric: Mapping[str, Any]) -> dict[str, float | bool]:
    value, config = float(metric["value"]), metric["config"]
    name = "wasserstein_normalised" if "Wasserstein" in config["method"] else "js"
    return {name: value, "drifted": value >= config["threshold"]}


if __name__ == "__main__":
    main()
