"""The two sides of a report: a sample of a window's rows, and the version's reference."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable

from tidewatch.aws.rows import collect, stream, text, within
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.window import Window
from tidewatch.monitoring.judged_window import Subject

MAX_ROWS = 5_000
LABEL, SCORE = "label", "score"
# The same sample whenever the same window is reported again.
_SEED = 20130401


@dataclass(frozen=True)
class ComparedRows:
    """Both sides, with the same columns: features, score, and label (null where unknown)."""

    reference: pa.Table
    current: pa.Table


def reference_rows(parquet: bytes, model: ModelConfig, version: str) -> pa.Table:
    """The version's reference. Raises BaselineError where it cannot be read."""
    columns = [*model.features, SCORE, LABEL]
    try:
        table = pq.read_table(io.BytesIO(parquet), columns=columns)
        rows = table.slice(0, MAX_ROWS)
        return rows.set_column(len(columns) - 1, LABEL, rows[LABEL].cast(pa.float64()))
    except (pa.ArrowException, OSError, KeyError) as error:
        raise BaselineError(
            Fault(
                where=f"model {model.name}, version {version}: reference.parquet",
                found=f"{type(error).__name__}: {error}",
                expected=f"columns {', '.join(columns)}",
                remedy=f"run evaluation of version {version} again",
            )
        ) from error


def current_rows(
    model: ModelConfig, log: DeltaTable, labels: DeltaTable, window: Window, subject: Subject
) -> pa.Table:
    """At most `MAX_ROWS` of the subject's rows in the window, evenly drawn, with their labels."""
    predicate = (
        f"{within(window)} AND version = {text(subject.version)}"
        f" AND variant = {text(subject.variant)}"
    )
    drawn = _sample(log, ["inference_id", *model.features, SCORE], predicate)
    known = collect(labels, ["inference_id", LABEL], within(window)).combine_chunks()
    place = pc.index_in(drawn["inference_id"], value_set=known["inference_id"])
    return drawn.append_column(LABEL, known[LABEL].take(place)).drop_columns(["inference_id"])


def _sample(log: DeltaTable, columns: list[str], predicate: str) -> pa.Table:
    """Rows drawn with equal chances while they stream by; twice the sample is held at most."""
    random = np.random.default_rng(_SEED)
    kept: pa.Table | None = None
    for batch in stream(log, columns, predicate):
        drawn = pa.Table.from_batches([batch]).append_column(
            "_draw", pa.array(random.random(batch.num_rows))
        )
        kept = drawn if kept is None else pa.concat_tables([kept, drawn])
        if kept.num_rows > MAX_ROWS:
            order = pc.select_k_unstable(kept, k=MAX_ROWS, sort_keys=[("_draw", "ascending")])
            kept = kept.take(order)
    if kept is None:
        return collect(log, columns, predicate)
    return kept.drop_columns(["_draw"]).select(columns)
