"""What a training job does: fits one trial, keeps its artefact, logs it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from tidewatch.aws.mlflow_registry import MlflowRegistry
from tidewatch.core.config import read_model_document
from tidewatch.serving.artifact import RUN_FILE
from tidewatch.training.checkpoint import Checkpoints
from tidewatch.training.dataset import Sets, read_set
from tidewatch.training.hyperparameters import read_hyperparameters
from tidewatch.training.trial import Trial, fit


@dataclass(frozen=True)
class TrialJob:
    """One training job of one training run."""

    ml_root: Path
    name: str
    run_id: str
    threads: int


def run_trial(job: TrialJob, registry: MlflowRegistry) -> Trial:
    """Fits the job's trial, writes the artefact to `model/`, and logs both as an MLflow run."""
    data = job.ml_root / "input" / "data"
    model = read_model_document(data / "model")
    hyperparameters = read_hyperparameters(
        job.ml_root / "input" / "config" / "hyperparameters.json"
    )
    tags = {"run_id": job.run_id, "training_job": job.name}
    with registry.trial(model.name, job.name, tags) as run:
        run.log_params(hyperparameters.as_logged())
        sets = Sets(read_set(data / "train"), read_set(data / "validation"))
        trial = fit(model, sets, hyperparameters, job.threads, _checkpoints(job))
        artifact = job.ml_root / "model"
        trial.save(artifact)
        (artifact / RUN_FILE).write_text(json.dumps({"run_id": run.run_id}), encoding="utf-8")
        now = time.time_ns() // 1_000_000
        run.log_history(trial.history, now)
        run.log_final(trial.final_metrics(), now, trial.booster.best_iteration)
        run.log_artifacts(artifact)
    return trial


def _checkpoints(job: TrialJob) -> Checkpoints | None:
    """Where the trial's are: SageMaker makes the folder for a job that is to have some."""
    folder = job.ml_root / "checkpoints"
    return Checkpoints(folder / job.name) if folder.is_dir() else None
