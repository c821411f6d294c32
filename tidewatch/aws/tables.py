"""The Delta tables of the history bucket: their columns, and how they are opened.

A root is any URI that delta-rs takes: `s3://<bucket>` in a job, a folder in a test. delta-rs finds
region, endpoint and credentials in the environment, as boto3 does.
"""

from __future__ import annotations

import pyarrow as pa
from deltalake import DeltaTable, Schema
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from tidewatch.core.config import FeatureKind, ModelConfig
from tidewatch.core.errors import ConfigError, DataError, Fault

MOMENT = pa.timestamp("us", "UTC")
PARTITIONS = ["model", "day"]

# event_time comes early: Delta keeps minima and maxima of the first columns only.
_PREDICTION_LOG = [
    ("model", pa.string()),
    ("version", pa.string()),
    ("variant", pa.string()),
    ("inference_id", pa.string()),
    ("event_time", MOMENT),
    ("inference_time", MOMENT),
    ("score", pa.float64()),
    ("source", pa.string()),
    ("line", pa.int64()),
    ("day", pa.date32()),
]

LABELS = pa.schema(
    [
        ("model", pa.string()),
        ("inference_id", pa.string()),
        ("label", pa.float64()),
        ("event_time", MOMENT),
        ("labelled_at", MOMENT),
        ("source", pa.string()),
        ("line", pa.int64()),
        ("day", pa.date32()),
    ]
)

QUARANTINE = pa.schema(
    [
        ("model", pa.string()),
        ("unit", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("source", pa.string()),
        ("line", pa.int64()),
        ("record", pa.string()),
        ("quarantined_at", MOMENT),
        ("day", pa.date32()),
    ]
)

METRICS = pa.schema(
    [
        ("model", pa.string()),
        ("version", pa.string()),
        ("variant", pa.string()),
        ("unit", pa.string()),
        ("metric", pa.string()),
        ("feature", pa.string()),
        ("segment", pa.string()),
        ("window_start", MOMENT),
        ("window_end", MOMENT),
        ("value", pa.float64()),
        ("verdict", pa.string()),
        ("warning", pa.float64()),
        ("critical", pa.float64()),
        ("direction", pa.string()),
        ("rows", pa.int64()),
        ("judged_at", MOMENT),
        ("day", pa.date32()),
    ]
)

_FEATURE_TYPES = {FeatureKind.NUMERIC: pa.float64(), FeatureKind.CATEGORICAL: pa.string()}


def prediction_log_schema(model: ModelConfig) -> pa.Schema:
    """The prediction log's own columns and, last, the model's features.

    Raises ConfigError where a feature has the name of one of those columns.
    """
    own = {name for name, _ in _PREDICTION_LOG}
    clashes = sorted(own & set(model.features))
    if clashes:
        raise ConfigError(
            Fault(
                where=f"model {model.name}: features",
                found=", ".join(clashes),
                expected=f"names other than {', '.join(sorted(own))}",
                remedy="rename them in the model's SQL and features",
            )
        )
    features = [(name, _FEATURE_TYPES[kind]) for name, kind in model.features.items()]
    return pa.schema([*_PREDICTION_LOG, *features])


def log_features(log: DeltaTable) -> list[str]:
    """The features that a prediction log holds: the model's, and those it had before."""
    own = {name for name, _ in _PREDICTION_LOG}
    return [field.name for field in log.schema().fields if field.name not in own]


def ensure_table(uri: str, schema: pa.Schema) -> DeltaTable:
    """The table at `uri` with at least the columns of `schema`; made if it is not there.

    Safe when several jobs start at once: the one that comes second opens what the first made.
    """
    try:
        table = DeltaTable(uri)
    except TableNotFoundError:
        table = _create(uri, schema)
    return _with_columns(table, uri, schema)


def _create(uri: str, schema: pa.Schema) -> DeltaTable:
    try:
        return DeltaTable.create(uri, Schema.from_arrow(schema), partition_by=PARTITIONS)
    except (CommitFailedError, DeltaError):
        # Another job was first, unless opening fails as well: then that error says why.
        return DeltaTable(uri)


def _with_columns(table: DeltaTable, uri: str, schema: pa.Schema) -> DeltaTable:
    """Adds columns that `table` lacks, as when a model gains a feature."""
    wanted = Schema.from_arrow(schema).fields
    there = {field.name: field for field in table.schema().fields}
    changed = [item for item in wanted if item.name in there and there[item.name] != item]
    if changed:
        raise DataError(
            Fault(
                where=uri,
                found=", ".join(str(there[item.name]) for item in changed),
                expected=", ".join(str(item) for item in changed),
                remedy="a feature cannot change its kind under one name; give it a new name",
            )
        )
    missing = [item for item in wanted if item.name not in there]
    if not missing:
        return table
    try:
        table.alter.add_columns(missing)
    except (CommitFailedError, DeltaError):
        # Another job may have added them; if not, the missing columns are asked for again.
        table = DeltaTable(uri)
        if {item.name for item in missing} - {field.name for field in table.schema().fields}:
            raise
    return table
