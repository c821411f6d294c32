"""The training and validation sets, as a trial and an evaluation read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidewatch.core.artifact.signature import FORMAT, Signature, SignatureFeature, TrainedOn
from tidewatch.core.config import FeatureKind, ModelConfig
from tidewatch.core.errors import DataError, Fault


@dataclass(frozen=True)
class Sets:
    """What data preparation made of one interval."""

    train: pa.Table
    validation: pa.Table


def read_set(folder: Path) -> pa.Table:
    """The rows of one set. Raises DataError when there are none."""
    files = sorted(folder.glob("*.parquet"))
    rows = pa.concat_tables([pq.read_table(path) for path in files]) if files else None
    if not rows:
        raise DataError(
            Fault(
                str(folder),
                f"{len(files)} Parquet files without rows",
                "the output of data preparation",
                "run data preparation first",
            )
        )
    return rows


def labels(rows: pa.Table, model: ModelConfig) -> npt.NDArray[np.float64]:
    """The labels of a set's rows, as numbers: see `Task`."""
    return np.asarray(rows.column(model.label), dtype=np.float64)


def signature_of(model: ModelConfig, sets: Sets) -> Signature:
    """The signature of a model trained on `sets`: its categories are those of the training rows."""
    first, last = _span(model, sets)
    return Signature(
        format=FORMAT,
        features=tuple(
            SignatureFeature(name=name, kind=kind, categories=_categories(sets.train, name, kind))
            for name, kind in model.features.items()
        ),
        event_time=model.event_time,
        label=model.label,
        trained_on=TrainedOn(
            start=first, end=last, rows=sets.train.num_rows + sets.validation.num_rows
        ),
        task=model.task,
        classes=tuple(model.classes),
    )


def _categories(rows: pa.Table, name: str, kind: FeatureKind) -> tuple[str, ...] | None:
    if kind is not FeatureKind.CATEGORICAL:
        return None
    return tuple(sorted(pc.unique(rows.column(name)).drop_null().to_pylist()))


def _span(model: ModelConfig, sets: Sets) -> tuple[datetime, datetime]:
    """The first and last event time of both sets; the validation rows chose the version."""
    extremes = [pc.min_max(rows.column(model.event_time)) for rows in (sets.train, sets.validation)]
    first = min(item["min"].as_py() for item in extremes)
    last = max(item["max"].as_py() for item in extremes)
    return first.astimezone(UTC), last.astimezone(UTC)
