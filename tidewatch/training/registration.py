"""Registration: an evaluated artefact becomes a version in MLflow and a model package."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tidewatch.aws.mlflow_registry import MlflowRegistry
from tidewatch.aws.model_packages import Candidate, SageMakerClient, register_package
from tidewatch.core.artifact.signature import Signature
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import Fault, ModelFormatError
from tidewatch.core.objective import objective_of
from tidewatch.serving.artifact import RUN_FILE, find_archive, unpack_artifact
from tidewatch.serving.model import load_model
from tidewatch.training.evaluation import BASELINE_FILE, REFERENCE_FILE, SCORES_FILE


@dataclass(frozen=True)
class Origin:
    """Where the version comes from, as the state machine's earlier steps named it."""

    run_id: str
    tuning_job: str
    training_job: str
    model_data_url: str
    evaluation_uri: str
    serving_image: str
    package_group: str


@dataclass(frozen=True)
class _Artifact:
    signature: Signature
    mlflow_run_id: str


def register(
    model: ModelConfig,
    origin: Origin,
    given: Path,
    registry: MlflowRegistry,
    client: SageMakerClient,
) -> dict[str, object]:
    """Registers once, however often it runs for one training run; returns what is registered.

    `given` holds the job's inputs `artifact/` and `evaluation/`. Raises ModelFormatError on an
    artefact that the endpoint would refuse.
    """
    artifact = _read_artifact(given / "artifact")
    scores = json.loads((given / "evaluation" / SCORES_FILE).read_text(encoding="utf-8"))
    metric = objective_of(model.task).metric
    score = f"{scores[metric]:.6f}"
    tags = {
        "tuning_job": origin.tuning_job,
        "training_job": origin.training_job,
        metric: score,
    }
    logged = registry.register(model.name, artifact.mlflow_run_id, origin.run_id, tags)
    evaluation = origin.evaluation_uri.rstrip("/")
    trained_on = artifact.signature.trained_on
    package = register_package(
        client,
        Candidate(
            group=origin.package_group,
            run_id=origin.run_id,
            image=origin.serving_image,
            model_data_url=origin.model_data_url,
            description=model.description,
            metadata={
                "baseline": f"{evaluation}/{BASELINE_FILE}",
                "scores": f"{evaluation}/{SCORES_FILE}",
                "reference": f"{evaluation}/{REFERENCE_FILE}",
                "mlflow_run_id": artifact.mlflow_run_id,
                "mlflow_version": logged.version,
                "train_start": trained_on.start.isoformat(),
                "train_end": trained_on.end.isoformat(),
                metric: score,
            },
        ),
    )
    return {
        "model_package_arn": package.arn,
        "version": package.version,
        "created": package.created,
        "mlflow_run_id": artifact.mlflow_run_id,
        "mlflow_version": logged.version,
        "run_id": origin.run_id,
    }


def _read_artifact(folder: Path) -> _Artifact:
    archive = find_archive(folder)
    with TemporaryDirectory() as unpacked:
        unpack_artifact(archive, Path(unpacked))
        signature = load_model(Path(unpacked)).signature
        run = Path(unpacked) / RUN_FILE
        if not run.is_file():
            raise ModelFormatError(
                Fault(
                    str(archive), f"no {RUN_FILE}", "the MLflow run's id", "train the model again"
                )
            )
        return _Artifact(signature, json.loads(run.read_text(encoding="utf-8"))["run_id"])
