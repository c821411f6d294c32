"""A window's predictions with their labels, per subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from numpy.typing import NDArray

from tidewatch.aws.rows import collect, stream, within
from tidewatch.core.window import EPOCH, Window
from tidewatch.monitoring.judged_window import Subject

Floats: TypeAlias = NDArray[np.float64]

_MICROSECOND = timedelta(microseconds=1)


@dataclass
class LabelledPredictions:
    """Labels and scores of one subject, and how many predictions it made in all."""

    predictions: int = 0
    _labels: list[Floats] = field(default_factory=list)
    _scores: list[Floats] = field(default_factory=list)

    def add(self, rows: pa.Table) -> None:
        """Takes in predictions; `label` is null where there is none."""
        self.predictions += rows.num_rows
        known = rows.filter(pc.is_valid(rows["label"]))
        self._labels.append(known["label"].to_numpy())
        self._scores.append(known["score"].to_numpy())

    @property
    def labels(self) -> Floats:
        """The labels that are known, shape `(rows,)`."""
        return np.concatenate([np.empty(0), *self._labels])

    @property
    def scores(self) -> Floats:
        """The scores of the same predictions."""
        return np.concatenate([np.empty(0), *self._scores])


def labelled_predictions(
    log: DeltaTable, labels: DeltaTable, window: Window
) -> dict[Subject, LabelledPredictions]:
    """The window's predictions, joined with the labels by inference id."""
    known = collect(labels, ["inference_id", "label"], within(window)).combine_chunks()
    found: dict[Subject, LabelledPredictions] = {}
    columns = ["version", "variant", "inference_id", "score"]
    for batch in stream(log, columns, within(window)):
        rows = _joined(batch, known)
        for pair in rows.group_by(["version", "variant"]).aggregate([]).to_pylist():
            of_pair = pc.and_(
                pc.equal(rows["version"], pair["version"]),
                pc.equal(rows["variant"], pair["variant"]),
            )
            subject = Subject(pair["version"], pair["variant"])
            found.setdefault(subject, LabelledPredictions()).add(rows.filter(of_pair))
    return found


def count_labels(labels: DeltaTable, length: timedelta) -> dict[Window, int]:
    """How many labels each window of `length` holds."""
    counts: Counter[int] = Counter()
    for batch in stream(labels, ["event_time"], "event_time IS NOT NULL"):
        counts.update(_window_numbers(batch, length))
    start = {number: EPOCH + number * length for number in counts}
    return {Window(start[n], start[n] + length): count for n, count in counts.items()}


def _window_numbers(batch: pa.RecordBatch, length: timedelta) -> Iterable[int]:
    moments = batch["event_time"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    numbers: list[int] = (moments // (length // _MICROSECOND)).tolist()
    return numbers


def _joined(predictions: pa.RecordBatch, known: pa.Table) -> pa.Table:
    """`predictions` with the column `label`."""
    place = pc.index_in(predictions["inference_id"], value_set=known["inference_id"])
    label = known["label"].take(place)
    return pa.Table.from_batches([predictions]).append_column("label", label)
