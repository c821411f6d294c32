"""What the model's file asks for beyond the quality of the whole: segments and its own metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from tidewatch.aws.rows import collect, stream, within
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import BaselineError, DataError, Fault
from tidewatch.core.performance import Scorer
from tidewatch.core.profile import Baseline
from tidewatch.core.verdict import Judgement
from tidewatch.core.window import Window
from tidewatch.monitoring.judged_window import ROWS, Measurement, Subject
from tidewatch.monitoring.segments import slices, with_segments
from tidewatch.monitoring.subject_rows import rows_by_subject
from tidewatch.monitoring.user_metrics import columns_needed, measure_user_metrics

_OWN = ["version", "variant", "inference_id", "event_time", "inference_time", "score"]


@dataclass(frozen=True)
class AskedMeasures:
    """Judgements and other measurements, and a fault for each part that could not be measured."""

    judgements: tuple[Judgement, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    faults: tuple[Fault, ...] = ()


def asked_rows(
    model: ModelConfig, log: DeltaTable, labels: DeltaTable, window: Window
) -> dict[Subject, pa.Table]:
    """The window's predictions by subject, with `label` and the columns that are asked for.

    Empty where the model's file asks for nothing.
    """
    monitoring = model.monitoring
    if not (monitoring.segments or monitoring.metrics):
        return {}
    needed = dict.fromkeys(
        [*monitoring.segments, *columns_needed(monitoring.metrics, list(model.features))]
    )
    known = collect(labels, ["inference_id", "label"], within(window)).combine_chunks()

    def labelled() -> Iterator[pa.Table]:
        for batch in stream(log, [*_OWN, *needed], within(window)):
            place = pc.index_in(batch["inference_id"], value_set=known["inference_id"])
            rows = pa.Table.from_batches([batch])
            yield rows.append_column("label", known["label"].take(place))

    return rows_by_subject(labelled())


def measure_asked(
    model: ModelConfig, rows: pa.Table | None, baseline: Baseline, scorer: Scorer
) -> AskedMeasures:
    """Measures a subject's `rows` of `asked_rows`; nothing where there are none."""
    if rows is None:
        return AskedMeasures()
    monitoring = model.monitoring
    try:
        parted = with_segments(rows, monitoring.segments, baseline)
    except BaselineError as error:
        return AskedMeasures(faults=error.faults)
    own = measure_user_metrics(monitoring.metrics, parted, monitoring.segments, monitoring.min_rows)
    faults = dict.fromkeys(own.faults)
    measurements = list(own.measurements)
    for segment, part in slices(parted, monitoring.segments):
        try:
            measurements += _quality(segment, part, scorer, monitoring.min_rows)
        except DataError as error:
            faults |= dict.fromkeys(error.faults)
    return AskedMeasures(own.judgements, tuple(measurements), tuple(faults))


def _quality(segment: str, rows: pa.Table, scorer: Scorer, min_rows: int) -> list[Measurement]:
    """A segment's labelled rows and, where they are not too few to tell, its quality."""
    known = rows.filter(pc.is_valid(rows["label"]))
    count = known.num_rows
    found = [Measurement(ROWS, "", float(count), count, segment=segment)]
    if count < min_rows:
        return found
    scores = scorer.of_answers(known["label"].to_numpy(), known["score"].to_numpy())
    return found + [
        Measurement(name, "", value, count, segment=segment)
        for name, value in scores.metrics().items()
    ]
