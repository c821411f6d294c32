"""The evaluation job's program: scores the best trial and profiles what it was trained on."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from tidewatch.core.config import read_model_document
from tidewatch.training import job
from tidewatch.training.dataset import Sets, read_set
from tidewatch.training.evaluation import evaluate


class Settings(BaseModel):
    """What the environment says."""

    model_config = ConfigDict(frozen=True)

    ml_root: Path = Field(default=Path("/opt/ml"), alias="ML_ROOT")


def main(settings: Settings) -> None:
    """Evaluates and prints the scores."""
    given = settings.ml_root / "processing" / "input"
    sets = Sets(read_set(given / "train"), read_set(given / "validation"))
    evaluation = evaluate(read_model_document(given / "model"), given / "artifact", sets)
    evaluation.save(settings.ml_root / "processing" / "output" / "evaluation")
    print(json.dumps(evaluation.scores.as_dict()))


if __name__ == "__main__":
    environment = Settings.model_validate(os.environ)
    job.run(partial(main, environment), environment.ml_root / "output" / "message")
