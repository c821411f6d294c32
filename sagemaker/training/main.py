"""The training job's program: one trial of hyperparameter tuning."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from tidewatch.aws.mlflow_registry import MlflowRegistry
from tidewatch.training import job
from tidewatch.training.run_trial import TrialJob, run_trial


class Settings(BaseModel):
    """What the environment says."""

    model_config = ConfigDict(frozen=True)

    ml_root: Path = Field(default=Path("/opt/ml"), alias="ML_ROOT")
    training_job: str = Field(alias="TRAINING_JOB_NAME")
    run_id: str = Field(alias="RUN_ID")
    tracking_uri: str = Field(alias="MLFLOW_TRACKING_URI")
    threads: int = Field(default=1, ge=1, alias="OMP_NUM_THREADS")


def main(settings: Settings) -> None:
    """Runs the trial and prints the line in which tuning finds its objective."""
    trial = run_trial(
        TrialJob(settings.ml_root, settings.training_job, settings.run_id, settings.threads),
        MlflowRegistry(settings.tracking_uri),
    )
    print(f"rounds={trial.booster.best_iteration}")
    print(trial.objective.line(trial.score), flush=True)


if __name__ == "__main__":
    environment = Settings.model_validate(os.environ)
    job.run(partial(main, environment), environment.ml_root / "output" / "failure")
