"""The page itself. The only module that knows Evidently, which is large, slow to load and moves."""

from __future__ import annotations

import html
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from monitoring_jobs.report.compared_rows import LABEL, SCORE, ComparedRows
from tidewatch.core.config import FeatureKind, ModelConfig
from tidewatch.core.task import Task

with warnings.catch_warnings():
    # It uses names that its dependencies have deprecated; its pin keeps them there.
    warnings.simplefilter("ignore")
    from evidently import (
        BinaryClassification,
        DataDefinition,
        Dataset,
        MulticlassClassification,
        Regression,
        Report,
    )
    from evidently.presets import ClassificationPreset, DataDriftPreset, RegressionPreset

_FEWEST_LABELS = 2
_STRANGER = "(not in the reference)"
_PRESETS: dict[Task, Callable[[], Any]] = {
    Task.BINARY_CLASSIFICATION: ClassificationPreset,
    Task.MULTICLASS_CLASSIFICATION: ClassificationPreset,
    Task.REGRESSION: RegressionPreset,
}


def render(model: ModelConfig, rows: ComparedRows) -> bytes:
    """An HTML page on drift and, if both sides have labels that differ, on quality.

    With quality on the page, only rows whose label is known are on it. Columns that are empty on
    either side are left out: there is nothing to compare.
    """
    known = ComparedRows(rows.reference, _without_strangers(rows.current, rows.reference))
    whole = tuple(_with_names(model, side) for side in (known.reference, known.current))
    labelled = tuple(_labelled(side) for side in whole)
    with_quality = all(_has_several_labels(side) for side in labelled)
    sides = labelled if with_quality else whole
    columns = [
        name for name in [*model.features, SCORE] if all(_has_values(s, name) for s in sides)
    ]
    definition = _definition(model, columns, with_quality=with_quality)
    kept = [*columns, LABEL] if with_quality else columns
    reference, current = (
        Dataset.from_pandas(_frame(side.select(kept), model), data_definition=definition)
        for side in sides
    )
    metrics: list[Any] = [DataDriftPreset(columns=columns)]
    if with_quality:
        metrics.append(_PRESETS[model.task]())
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Divisions by zero in its own statistics; the numbers of the monitors come from elsewhere.
        warnings.simplefilter("ignore")
        snapshot = Report(metrics).run(current, reference)
        return _to_html(snapshot)


def _definition(model: ModelConfig, columns: list[str], *, with_quality: bool) -> DataDefinition:
    named = {SCORE} if model.classes else set()
    categorical = [
        name
        for name in columns
        if model.features.get(name) is FeatureKind.CATEGORICAL or name in named
    ]
    return DataDefinition(
        numerical_columns=[name for name in columns if name not in categorical],
        categorical_columns=categorical,
        **(_quality(model.task) if with_quality else {}),
    )


def _quality(task: Task) -> dict[str, Any]:
    """Which columns hold the truth and what was predicted of it."""
    if task is Task.REGRESSION:
        return {"regression": [Regression(target=LABEL, prediction=SCORE)]}
    if task is Task.MULTICLASS_CLASSIFICATION:
        return {"classification": [MulticlassClassification(target=LABEL, prediction_labels=SCORE)]}
    binary = BinaryClassification(target=LABEL, prediction_probas=SCORE, pos_label=1)
    return {"classification": [binary]}


def _without_strangers(current: pa.Table, reference: pa.Table) -> pa.Table:
    """Values that the reference never had could be anybody's name: they are counted, not shown."""
    for place, field in enumerate(current.schema):
        if pa.types.is_string(field.type):
            values = current[field.name]
            known = pc.or_(
                pc.is_in(values, value_set=reference[field.name].combine_chunks()),
                pc.is_null(values),
            )
            current = current.set_column(place, field.name, pc.if_else(known, values, _STRANGER))
    return current


def _with_names(model: ModelConfig, rows: pa.Table) -> pa.Table:
    """Of several classes the log holds places; the page shows names."""
    names = pa.array(model.classes, pa.string())
    for column in (SCORE, LABEL) if model.classes else ():
        place = rows.schema.get_field_index(column)
        rows = rows.set_column(place, column, pc.take(names, rows[column].cast(pa.int64())))
    return rows


def _frame(rows: pa.Table, model: ModelConfig) -> Any:
    """A pandas frame whose texts cannot be taken for markup.

    Evidently writes values into a script element as they are, where `</script>` would end it.
    """
    escaped = {
        name: [None if value is None else html.escape(value) for value in rows[name].to_pylist()]
        for name in rows.column_names
        if pa.types.is_string(rows.schema.field(name).type)
    }
    frame = rows.to_pandas()
    for name, values in escaped.items():
        frame[name] = values
    if LABEL in frame and model.task is Task.BINARY_CLASSIFICATION:
        frame[LABEL] = frame[LABEL].astype(int)
    return frame


def _to_html(snapshot: Any) -> bytes:
    with TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        snapshot.save_html(str(page))
        return page.read_bytes()


def _labelled(rows: pa.Table) -> pa.Table:
    return rows.filter(pc.is_valid(rows[LABEL]))


def _has_several_labels(rows: pa.Table) -> bool:
    return int(pc.count_distinct(rows[LABEL]).as_py()) >= _FEWEST_LABELS


def _has_values(rows: pa.Table, name: str) -> bool:
    return int(rows[name].null_count) < int(rows.num_rows)
