"""The whole road of one model: raw tables to a served version, traffic, labels and verdicts.

Each step is the code that its container runs; between them lie folders, as SageMaker would leave.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from monitoring_jobs.model_monitor.watch_quality import watch_quality
from monitoring_jobs.prediction_log.ingest import ingest
from tests.unit.monitoring.world import FakeBaselines, Heard, World, serving
from tests.unit.prediction_log.bay import HOUR, Bay, label, lines
from tests.unit.serving.asgi_client import Client
from tests.unit.training.workshop import pack, put_document, run_program
from tidewatch.core.config import ModelConfig
from tidewatch.core.profile import Baseline
from tidewatch.serving.app import create_app
from tidewatch.serving.artifact import unpack_artifact
from tidewatch.serving.model import load_model

VERSION = "1"


@dataclass(frozen=True)
class Road:
    """A model, and the folder in which everything is made."""

    model: ModelConfig
    folder: Path

    def run(self, unit: str, root: Path, **environment: str) -> str:
        """What the program of `unit` printed."""
        ended = run_program(unit, root, environment)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def prepare(self, start: str, end: str) -> dict[str, Any]:
        """Data preparation over the raw tables, which are in place."""
        put_document(self.processing / "input" / "model", self.model)
        self.run("data_prep", self.folder, TRAIN_START=start, TRAIN_END=end)
        summary = self.processing / "output" / "summary" / "data_prep.json"
        found: dict[str, Any] = json.loads(summary.read_text())
        return found

    def train(self, **hyperparameters: str) -> str:
        """A trial; returns what its job printed."""
        root = self.folder / "trial"
        put_document(root / "input" / "data" / "model", self.model)
        for part in ("train", "validation"):
            (root / "input" / "data" / part).symlink_to(self.processing / "output" / part)
        config = root / "input" / "config"
        config.mkdir(parents=True)
        (config / "hyperparameters.json").write_text(json.dumps(hyperparameters))
        return self.run(
            "training",
            root,
            TRAINING_JOB_NAME="tuning-001",
            RUN_ID="run-1",
            MLFLOW_TRACKING_URI=f"sqlite:///{self.folder}/mlflow.db",
        )

    def evaluate(self) -> dict[str, Any]:
        """The evaluation job; returns the version's scores."""
        given = self.processing / "input"
        pack(self.folder / "trial" / "model", given / "artifact" / "model.tar.gz")
        for part in ("train", "validation"):
            (given / part).symlink_to(self.processing / "output" / part)
        self.run("evaluation", self.folder)
        scores: dict[str, Any] = json.loads((self.evaluation / "scores.json").read_text())
        return scores

    def endpoint(self) -> Client:
        """The serving application with the version that was evaluated."""
        folder = self.folder / "served"
        unpack_artifact(self.processing / "input" / "artifact" / "model.tar.gz", folder)
        return Client(create_app(load_model(folder), VERSION))

    @property
    def processing(self) -> Path:
        """The inputs and outputs of its processing jobs."""
        return self.folder / "processing"

    @property
    def evaluation(self) -> Path:
        """What evaluation wrote."""
        return self.processing / "output" / "evaluation"

    @property
    def baseline(self) -> Baseline:
        """The version's baseline."""
        return Baseline.from_json((self.evaluation / "baseline.json").read_bytes())


@dataclass(frozen=True)
class Traffic:
    """One request of several rows, as CSV, and the truth that comes later."""

    name: str
    body: str
    labels: list[str]


@dataclass
class Monitored:
    """The endpoint's captures and labels, and the jobs that watch them."""

    road: Road
    client: Client
    bay: Bay

    @classmethod
    def on(cls, road: Road) -> Monitored:
        """Nothing was asked yet."""
        return cls(road, road.endpoint(), Bay(str(road.folder / "history")))

    def ask(self, traffic: Traffic) -> list[str]:
        """The endpoint's answers, which are captured and, later, labelled."""
        answer = self.client.post(traffic.body, {"content-type": "text/csv"})
        assert answer.status == 200, answer.text
        name = self.road.model.name
        captured = lines(_capture(traffic, answer.headers["content-type"], answer.text))
        key = f"{HOUR}/{traffic.name}.jsonl"
        self.bay.store.objects[f"capture/{name}/champion/{key}"] = (captured, self.bay.time)
        labelled = (label(f"{traffic.name}#{i}", truth) for i, truth in enumerate(traffic.labels))
        self.bay.store.objects[f"labels/{name}/{key}"] = (lines(*labelled), self.bay.time)
        return answer.text.splitlines()

    def watch(self) -> list[dict[str, Any]]:
        """Ingests and judges; the rows of the metrics table that the model monitor wrote."""
        model = self.road.model
        ingest(self.bay.run(model=model, endpoint=model.name))
        baselines = FakeBaselines({VERSION: self.road.baseline})
        world = World(self.bay.root, serving(champion=VERSION), baselines, Heard(), model)
        watch_quality(world.run())
        return [row for row in world.metrics() if row["unit"] == "model_monitor"]

    def quarantined(self) -> list[dict[str, Any]]:
        """The quarantine's rows."""
        table = DeltaTable(f"{self.bay.root}/quarantine")
        rows: list[dict[str, Any]] = table.to_pyarrow_table().to_pylist()
        return rows


def _capture(traffic: Traffic, answer_type: str, answer: str) -> dict[str, Any]:
    def side(data: str, kind: str, mode: str) -> dict[str, str]:
        return {"observedContentType": kind, "mode": mode, "data": data, "encoding": "CSV"}

    return {
        "captureData": {
            "endpointInput": side(traffic.body, "text/csv", "INPUT"),
            "endpointOutput": side(answer, answer_type, "OUTPUT"),
        },
        "eventMetadata": {
            "eventId": f"event-{traffic.name}",
            "inferenceId": traffic.name,
            "inferenceTime": "2026-01-01T10:00:00Z",
        },
        "eventVersion": "0",
    }
