"""A small world for the monitoring jobs: Delta tables in a folder, and fakes for all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from deltalake import DeltaTable

from tidewatch.aws import ledger
from tidewatch.aws.cloudwatch import Aggregate
from tidewatch.aws.remote_write import Sample
from tidewatch.aws.tables import LABELS, ensure_table, prediction_log_schema
from tidewatch.aws.variants import ServedVariant
from tidewatch.aws.verdict_events import VerdictEvent
from tidewatch.core import published_metrics
from tidewatch.core.config import FeatureKind, ModelConfig
from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.estimate.binary import BinaryEstimator
from tidewatch.core.performance import score_binary
from tidewatch.core.profile import Baseline, reference_profile
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.publication import Publisher

START = datetime(2013, 4, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

MODEL = ModelConfig.model_validate(
    {
        "name": "flights",
        "description": "late or not",
        "task": "binary_classification",
        "raw": ["flights"],
        "prepare": "SELECT 1",
        "event_time": "departure",
        "label": "late",
        "features": {"temp": "numeric", "carrier": "categorical"},
        "training": {
            "span": "90d",
            "max_runtime": "30m",
            "tuning": {"parameters": {"rate": {"kind": "continuous", "min": 0, "max": 1}}},
        },
        "serving": {"weights": {"champion": 0.9, "challenger": 0.1}},
        "monitoring": {
            "window": "1d",
            "lateness": "1h",
            "watermark": "event_time",
            "min_rows": 100,
            "max_runtime": "30m",
        },
        "retraining": {"min_new_data": "7d"},
    }
)


@dataclass
class Heard:
    """Everything that was published; each name must be of the catalogue.

    `added` are the metrics of the model's own file.
    """

    added: tuple[str, ...] = ()
    samples: list[Sample] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)
    events: list[VerdictEvent] = field(default_factory=list)

    def send(self, samples: Iterable[Sample]) -> None:
        for sample in samples:
            assert published_metrics.is_published_series(sample.name, self.added), sample.name
            assert set(sample.labels) <= published_metrics.LABELS
            self.samples.append(sample)

    def put(self, metrics: Iterable[Aggregate]) -> None:
        for metric in metrics:
            name, dimensions = metric.name, frozenset(metric.dimensions)
            assert published_metrics.is_published_aggregate(name, self.added), name
            assert dimensions in published_metrics.dimensions_of(name)
            self.aggregates.append(metric)

    def announce(self, events: Iterable[VerdictEvent]) -> None:
        self.events.extend(events)

    @property
    def publisher(self) -> Publisher:
        return Publisher(self, self, self)

    def verdicts(self) -> list[tuple[str, str, str, str]]:
        return [(e.start[:10], e.version, e.variant, e.verdict) for e in self.events]

    def series(self, name: str) -> dict[tuple[str, ...], float]:
        """The last value of each series of `name`, by the values of its labels."""
        return {
            tuple(sample.labels.values()): sample.value
            for sample in self.samples
            if sample.name == name
        }


@dataclass
class FakeVersions:
    """Versions behind variants; a version may have properties."""

    serving: Mapping[str, ServedVariant]
    known: dict[str, dict[str, str]] = field(default_factory=dict)

    def properties(self, version: str) -> Mapping[str, str]:
        return self.known.get(version, {})


def serving(**versions: str) -> FakeVersions:
    """`serving(champion="1")`: version 1 serves as champion."""
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/flights/"
    return FakeVersions(
        {name: ServedVariant(name, arn + version) for name, version in versions.items()}
    )


@dataclass
class FakeBaselines:
    """Baselines by version."""

    by_version: dict[str, Baseline]

    def of(self, version: str) -> Baseline:
        if version not in self.by_version:
            raise BaselineError(Fault(f"version {version}", "none", "a baseline", "register it"))
        return self.by_version[version]


def features(rows: int, seed: int, shift: float = 0.0) -> pa.Table:
    """Feature rows around `shift`."""
    random = np.random.default_rng(seed)
    return pa.table(
        {
            "temp": random.normal(shift, 1.0, rows),
            "carrier": pa.array(random.choice(["AA", "UA", "DL"], rows)).cast(pa.string()),
        }
    )


def truth(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores that are well calibrated, and labels drawn from them."""
    random = np.random.default_rng(seed)
    scores = random.uniform(0.02, 0.98, rows)
    return scores, (random.uniform(size=rows) < scores).astype(float)


def baseline(
    shift: float = 0.0, rows: int = 4000, extra: str | None = None, estimates: bool = False
) -> Baseline:
    """A baseline of features around `shift`, perhaps of one more feature, or with an estimator."""
    scores, labels = truth(rows, seed=1)
    table, kinds = features(rows, 1, shift), dict(MODEL.features)
    if extra:
        table = table.append_column(extra, pa.array(scores))
        kinds[extra] = FeatureKind.NUMERIC
    return Baseline(
        features=reference_profile(table, kinds),
        score=reference_profile(pa.table({"score": scores}), {"score": FeatureKind.NUMERIC}),
        scores=score_binary(labels, scores).as_dict(),
        trained_on={"start": "2013-01-01", "end": "2013-04-01", "rows": rows},
        estimator=BinaryEstimator.fit(labels, scores, 0.5).to_document() if estimates else None,
    )


@dataclass
class Traffic:
    """Rows that one version answered as one variant, spread over a day."""

    day: int
    version: str = "1"
    variant: str = "champion"
    rows: int = 400
    shift: float = 0.0
    carrier: str | None = None

    @property
    def name(self) -> str:
        return f"{self.day}-{self.version}-{self.variant}"

    @property
    def start(self) -> datetime:
        return START + timedelta(days=self.day)

    def ids(self) -> list[str]:
        return [f"{self.name}-{i}" for i in range(self.rows)]

    def moments(self) -> list[datetime]:
        step = timedelta(days=1) / max(self.rows, 1)
        return [self.start + i * step for i in range(self.rows)]


@dataclass
class World:
    """Tables under `root`, and what was heard."""

    root: str
    versions: FakeVersions
    baselines: FakeBaselines
    heard: Heard = field(default_factory=Heard)
    model: ModelConfig = MODEL
    time: datetime = NOW

    def run(self, **changes: object) -> MonitorRun:
        run = MonitorRun(
            model=self.model,
            root=self.root,
            versions=self.versions,
            baselines=self.baselines,
            publisher=self.heard.publisher,
            window=None,
            lease_seconds=120,
            now=lambda: self.time,
        )
        return replace(run, **changes)  # type: ignore[arg-type]

    def log(self, *traffic: Traffic) -> None:
        """Appends traffic to the prediction log."""
        schema = prediction_log_schema(self.model)
        table = ensure_table(f"{self.root}/prediction_log/flights", schema)
        for part in traffic:
            columns = features(part.rows, part.day + 7, part.shift)
            carriers = columns["carrier"].to_pylist()
            moments = part.moments()
            rows = {
                "model": ["flights"] * part.rows,
                "version": [part.version] * part.rows,
                "variant": [part.variant] * part.rows,
                "inference_id": part.ids(),
                "event_time": moments,
                "inference_time": moments,
                "score": truth(part.rows, part.day)[0],
                "source": [f"capture/{part.name}"] * part.rows,
                "line": list(range(part.rows)),
                "day": [moment.date() for moment in moments],
                "temp": columns["temp"].combine_chunks(),
                "carrier": [part.carrier or carrier for carrier in carriers],
            }
            ledger.append(table, pa.table(rows, schema=schema), {})

    def label(
        self, part: Traffic, first: int = 0, last: int | None = None, flip: bool = False
    ) -> None:
        """Appends labels for some rows of `part`: the truth, or its opposite."""
        table = ensure_table(f"{self.root}/labels/flights", LABELS)
        chosen = slice(first, last)
        labels = truth(part.rows, part.day)[1][chosen]
        moments = part.moments()[chosen]
        rows = {
            "model": ["flights"] * len(moments),
            "inference_id": part.ids()[chosen],
            "label": 1 - labels if flip else labels,
            "event_time": moments,
            "labelled_at": [self.time] * len(moments),
            "source": [f"labels/{part.name}"] * len(moments),
            "line": list(range(len(moments))),
            "day": [moment.date() for moment in moments],
        }
        ledger.append(table, pa.table(rows, schema=LABELS), {})

    def metrics(self) -> list[dict[str, Any]]:
        """The rows of the metrics table, but for the time they were written."""
        rows = DeltaTable(f"{self.root}/metrics").to_pyarrow_table().to_pylist()
        kept = [{k: v for k, v in row.items() if k != "judged_at"} for row in rows]
        keys = ("window_start", "unit", "version", "variant", "feature", "metric")
        return sorted(kept, key=lambda row: [str(row[key]) for key in keys])

    def verdicts(self) -> dict[tuple[str, str, str], object]:
        """The whole's verdicts, by day, version and variant."""
        return {
            (str(row["day"]), str(row["version"]), str(row["variant"])): row["verdict"]
            for row in self.metrics()
            if row["metric"] == "verdict" and not row["feature"]
        }


def new_world(root: Path, versions: FakeVersions | None = None) -> World:
    """A world in which version 1 serves as champion."""
    return World(str(root), versions or serving(champion="1"), FakeBaselines({"1": baseline()}))
