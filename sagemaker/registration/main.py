"""The registration job's program: makes the evaluated artefact a version."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from tidewatch.aws.clients import aws_client
from tidewatch.aws.mlflow_registry import MlflowRegistry
from tidewatch.core.config import read_model_document
from tidewatch.training import job
from tidewatch.training.registration import Origin, register


class Settings(BaseModel):
    """What the environment says."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    ml_root: Path = Field(default=Path("/opt/ml"), alias="ML_ROOT")
    run_id: str = Field(alias="RUN_ID")
    tuning_job: str = Field(alias="TUNING_JOB")
    training_job: str = Field(alias="TRAINING_JOB")
    model_data_url: str = Field(alias="MODEL_DATA_URL")
    evaluation_uri: str = Field(alias="EVALUATION_URI")
    serving_image: str = Field(alias="SERVING_IMAGE")
    package_group: str = Field(alias="MODEL_PACKAGE_GROUP")
    tracking_uri: str = Field(alias="MLFLOW_TRACKING_URI")

    @property
    def origin(self) -> Origin:
        """Where the version comes from."""
        return Origin(**self.model_dump(exclude={"ml_root", "tracking_uri"}))


def main(settings: Settings) -> None:
    """Registers and writes what was registered."""
    processing = settings.ml_root / "processing"
    registered = register(
        read_model_document(processing / "input" / "model"),
        settings.origin,
        processing / "input",
        MlflowRegistry(settings.tracking_uri),
        aws_client("sagemaker"),
    )
    output = processing / "output" / "registration"
    output.mkdir(parents=True, exist_ok=True)
    (output / "registration.json").write_text(json.dumps(registered, indent=2), encoding="utf-8")
    print(json.dumps(registered))


if __name__ == "__main__":
    environment = Settings.model_validate(os.environ)
    job.run(partial(main, environment), environment.ml_root / "output" / "message")
