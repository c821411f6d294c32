"""A small model with real entry points: raw tables, container folders, programs as processes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tidewatch.core.config import ModelConfig
from tidewatch.core.window import Window
from tidewatch.training.data_prep import Places, prepare
from tidewatch.training.dataset import Sets, read_set
from tidewatch.training.hyperparameters import parse_hyperparameters
from tidewatch.training.trial import Trial, fit

PROJECT = Path(__file__).parents[3]
START = datetime(2024, 1, 1, tzinfo=UTC)
INTERVAL = Window(START, START + timedelta(days=40))
_SECONDS = 120


def small_model(**changes: Any) -> ModelConfig:
    """Will a parcel be late? By region, weight and the weather there."""
    document = {
        "name": "parcels",
        "description": "Will a parcel be late?",
        "task": "binary_classification",
        "raw": ["parcels", "weather"],
        "prepare": (
            "SELECT sent, late, region, weight, wind FROM parcels"
            " LEFT JOIN weather USING (region, day)"
        ),
        "event_time": "sent",
        "label": "late",
        "features": {"region": "categorical", "weight": "numeric", "wind": "numeric"},
        "training": {
            "span": "40d",
            "validation_share": 0.25,
            "max_runtime": "10m",
            "tuning": {"parameters": {"num_leaves": {"kind": "integer", "min": 4, "max": 16}}},
        },
        "serving": {"weights": {"champion": 0.9, "challenger": 0.1}},
        "monitoring": {"window": "7d", "lateness": "1h", "max_runtime": "10m"},
        "retraining": {"min_new_data": "7d"},
    }
    return ModelConfig.model_validate(document | changes)


def parcels(rows: int = 2000) -> dict[str, list[Any]]:
    """Parcels sent every half hour; the heavy ones of the south are late more often."""
    random = np.random.default_rng(7)
    region = random.choice(["north", "south", "east"], rows)
    weight = random.gamma(2.0, 2.0, rows)
    chance = 1 / (1 + np.exp(-(weight - 5 + 2 * (region == "south"))))
    sent = [START + timedelta(minutes=30 * place) for place in range(rows)]
    return {
        "sent": sent,
        "day": [moment.date() for moment in sent],
        "late": (random.random(rows) < chance).astype(int).tolist(),
        "region": region.tolist(),
        "weight": weight.tolist(),
    }


def weather() -> dict[str, list[Any]]:
    """The wind of every day, but for the north, where nobody measured it."""
    days = [(START + timedelta(days=day)).date() for day in range(60)]
    return {
        "region": ["south"] * 60 + ["east"] * 60,
        "day": days * 2,
        "wind": [float(place % 13) for place in range(120)],
    }


def write_raw(folder: Path, tables: Mapping[str, dict[str, list[Any]]]) -> Path:
    """Writes each table as one Parquet file in its own folder."""
    for name, columns in tables.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), folder / name / "part.parquet")
    return folder


def prepared_sets(folder: Path, model: ModelConfig) -> Sets:
    """The sets that data preparation makes of the ordinary raw tables."""
    raw = write_raw(folder / "raw", {"parcels": parcels(), "weather": weather()})
    prepare(model, INTERVAL, Places(raw, folder))
    return Sets(read_set(folder / "train"), read_set(folder / "validation"))


def small_trial(model: ModelConfig, sets: Sets, **hyperparameters: str) -> Trial:
    """A trial of few rounds."""
    texts = {"num_boost_round": "30", "num_leaves": "8", **hyperparameters}
    return fit(model, sets, parse_hyperparameters(texts, "test"), threads=1)


def put_document(folder: Path, model: ModelConfig) -> None:
    """Gives a job its model document."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "parcels.json").write_text(model.model_dump_json(), encoding="utf-8")


def pack(folder: Path, archive: Path) -> Path:
    """A `model.tar.gz` of a folder, as SageMaker packs one."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:gz") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)
    return archive


def pack_member(archive: Path, member: tarfile.TarInfo, content: bytes = b"") -> Path:
    """An archive of one member, which may be an evil one."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    member.size = len(content)
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(member, io.BytesIO(content))
    return archive


def run_program(
    unit: str, ml_root: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs an entry point as its container would, in a clean environment."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(PROJECT / "sagemaker" / unit / "main.py")],
        env=program_environment(ml_root, environment),
        cwd=ml_root,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def program_environment(ml_root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What a container's program finds in its environment, and nothing of the test's own."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(ml_root),
        "PYTHONPATH": str(PROJECT),
        "ML_ROOT": str(ml_root),
        **environment,
    }
