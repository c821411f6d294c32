"""A prediction log as the jobs write it: 20 numeric and 10 categorical features, two variants."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from benchmarks.speed.datasets import BENCH, Columns
from benchmarks.speed.generate import table
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import SCORE, Baseline, reference_profile
from tidewatch.core.window import Window

ROOT = BENCH / "scale"
WINDOW = Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC))
FILE_ROWS = 500_000
REFERENCE_ROWS = 200_000
HALF = 0.5
"""The share of rows that each variant answered."""
_DAY = 86_400_000_000


def folder(rows: int) -> Path:
    """The log of `rows` rows, made if it is not there."""
    path = ROOT / f"log-{rows}"
    if (
        not DeltaTable.is_deltatable(str(path))
        or len(DeltaTable(path).file_uris()) * FILE_ROWS < rows
    ):
        for number in range(rows // FILE_ROWS):
            _append(path, number)
    return path


def baseline() -> bytes:
    """The baseline of both versions, as it is written."""
    path = ROOT / "baseline.json"
    if not path.exists():
        rows = table(Columns(), REFERENCE_ROWS, (1, 0), drifted=False)
        kinds = {
            name: FeatureKind.NUMERIC if name.startswith("n") else FeatureKind.CATEGORICAL
            for name in rows.column_names
        }
        scores = pa.table({SCORE: np.random.default_rng(1).random(REFERENCE_ROWS)})
        made = Baseline(
            features=reference_profile(rows, kinds),
            score=reference_profile(scores, {SCORE: FeatureKind.NUMERIC}),
            scores={},
            trained_on={},
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.to_json())
    return path.read_bytes()


def _append(path: Path, number: int) -> None:
    features = table(Columns(), FILE_ROWS, (2, number), drifted=True)
    random = np.random.default_rng(number)
    times = np.sort(random.integers(0, _DAY, FILE_ROWS)).astype("m8[us]")
    champion = random.random(FILE_ROWS) < HALF
    moments = np.datetime64(WINDOW.start.replace(tzinfo=None), "us") + times
    own = {
        "model": pa.array(["bench"] * FILE_ROWS),
        "version": pa.array(np.where(champion, "1", "2")),
        "variant": pa.array(np.where(champion, "champion", "challenger")),
        "inference_id": pa.array([f"{number}-{row}" for row in range(FILE_ROWS)]),
        "event_time": pa.array(moments).cast(pa.timestamp("us", "UTC")),
        "inference_time": pa.array(moments).cast(pa.timestamp("us", "UTC")),
        SCORE: pa.array(random.random(FILE_ROWS)),
        "source": pa.array([f"capture/bench/{number}.jsonl"] * FILE_ROWS),
        "line": pa.array(range(FILE_ROWS)),
        "day": pa.array([WINDOW.start.date()] * FILE_ROWS),
    }
    columns = own | {name: features[name] for name in features.column_names}
    write_deltalake(path, pa.table(columns), mode="append", partition_by=["model", "day"])


def bytes_a_row(path: Path) -> float:
    """What a row of the log takes on S3."""
    table = DeltaTable(path)
    actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    return float(sum(a["size_bytes"] for a in actions) / sum(a["num_records"] for a in actions))
