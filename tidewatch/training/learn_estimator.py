"""What the validation rows teach of performance to come."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewatch.core.config import ModelConfig
from tidewatch.core.estimate import fit_estimator
from tidewatch.training.dataset import labels


def learn_estimator(
    model: ModelConfig, rows: pa.Table, answers: npt.NDArray[np.float64]
) -> dict[str, Any] | None:
    """The document of an estimator fitted to `rows` and their `answers`, for the baseline.

    `answers` are as a prediction log holds them. The rows are taken in order of event time.
    """
    times = np.asarray(rows.column(model.event_time).cast(pa.timestamp("us", "UTC")))
    order = np.argsort(times, kind="stable")
    estimator = fit_estimator(model.task, labels(rows, model)[order], answers[order])
    return None if estimator is None else estimator.to_document()
