"""Rows of the prediction log, parted by who answered them."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.monitoring.judged_window import Subject

_SUBJECT = ["version", "variant"]


def rows_by_subject(batches: Iterable[pa.RecordBatch | pa.Table]) -> dict[Subject, pa.Table]:
    """The rows of each subject; `batches` have the columns `version` and `variant`."""
    parts: dict[Subject, list[pa.Table]] = {}
    for batch in batches:
        rows = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        for pair in rows.group_by(_SUBJECT).aggregate([]).to_pylist():
            subject = Subject(pair["version"], pair["variant"])
            mask = pc.and_(
                pc.equal(rows["version"], subject.version),
                pc.equal(rows["variant"], subject.variant),
            )
            parts.setdefault(subject, []).append(rows.filter(mask))
    return {subject: pa.concat_tables(tables) for subject, tables in parts.items()}
