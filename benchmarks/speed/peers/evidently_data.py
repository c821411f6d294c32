"""A Parquet file as Evidently takes it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
from evidently import DataDefinition, Dataset

from benchmarks.speed.peers.arguments import CATEGORICAL, NUMERIC


def dataset(path: Path) -> Dataset:
    """The file's rows with their columns' kinds, so that Evidently need not guess them."""
    definition = DataDefinition(
        numerical_columns=list(NUMERIC), categorical_columns=list(CATEGORICAL)
    )
    return Dataset.from_pandas(pd.read_parquet(path), data_definition=definition)
