"""Trials and versions in MLflow: every trial is a run, every registered model a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tidewatch.aws.mlflow_client import (
    Metric,
    MlflowClient,
    MlflowException,
    Param,
    connect,
)

_ARTIFACTS = "model"
_RUN_ID_TAG = "run_id"
_LARGEST_BATCH = 1000
_EXISTS = "RESOURCE_ALREADY_EXISTS"


@dataclass(frozen=True)
class TrialRun:
    """An MLflow run under way."""

    client: MlflowClient
    run_id: str

    def log_params(self, params: Mapping[str, float]) -> None:
        """What the trial tries."""
        self.client.log_batch(
            self.run_id, params=[Param(name, str(value)) for name, value in params.items()]
        )

    def log_history(self, history: Mapping[str, list[float]], timestamp_ms: int) -> None:
        """Each metric after each round, in as few requests as MLflow takes."""
        self._log(
            [
                Metric(name, value, timestamp_ms, step)
                for name, values in history.items()
                for step, value in enumerate(values, start=1)
            ]
        )

    def log_final(self, metrics: Mapping[str, float], timestamp_ms: int, step: int) -> None:
        """The metrics of the model that is kept; as `final_<metric>`, since they end the trial."""
        self._log(
            [Metric(f"final_{name}", value, timestamp_ms, step) for name, value in metrics.items()]
        )

    def log_artifacts(self, folder: Path) -> None:
        """The model's files, under `model/` of the run's artefacts."""
        self.client.log_artifacts(self.run_id, str(folder), _ARTIFACTS)

    def _log(self, metrics: list[Metric]) -> None:
        for start in range(0, len(metrics), _LARGEST_BATCH):
            self.client.log_batch(self.run_id, metrics=metrics[start : start + _LARGEST_BATCH])


@dataclass(frozen=True)
class RegisteredVersion:
    """A version in MLflow's registry; `created` is false when an earlier attempt made it."""

    version: str
    created: bool


class MlflowRegistry:
    """The tracking server at `tracking_uri`, and the model registry in it."""

    def __init__(self, tracking_uri: str) -> None:
        self._client = connect(tracking_uri)

    @contextmanager
    def trial(self, experiment: str, name: str, tags: Mapping[str, str]) -> Iterator[TrialRun]:
        """A run of `experiment`: FINISHED when the block ends, FAILED when it raises."""
        run = self._client.create_run(self._experiment(experiment), run_name=name, tags=dict(tags))
        try:
            yield TrialRun(self._client, run.info.run_id)
        except BaseException:
            self._client.set_terminated(run.info.run_id, "FAILED")
            raise
        self._client.set_terminated(run.info.run_id, "FINISHED")

    def register(
        self, model: str, mlflow_run_id: str, run_id: str, tags: Mapping[str, str]
    ) -> RegisteredVersion:
        """The version of `model` that training run `run_id` made, registered if it is not yet.

        Its source is the artefacts of the trial `mlflow_run_id`.
        """
        self._create_model(model)
        found = self._client.search_model_versions(
            f"name='{model}' and tags.`{_RUN_ID_TAG}`='{run_id}'"
        )
        if found:
            return RegisteredVersion(str(found[0].version), created=False)
        run = self._client.get_run(mlflow_run_id)
        version = self._client.create_model_version(
            model,
            source=f"{run.info.artifact_uri}/{_ARTIFACTS}",
            run_id=mlflow_run_id,
            tags={**tags, _RUN_ID_TAG: run_id},
        )
        return RegisteredVersion(str(version.version), created=True)

    def _experiment(self, name: str) -> str:
        """The experiment's id; trials that start together may all try to create it."""
        found = self._client.get_experiment_by_name(name)
        if found is None:
            try:
                return str(self._client.create_experiment(name))
            except MlflowException as error:
                if error.error_code != _EXISTS:
                    raise
                found = self._client.get_experiment_by_name(name)
        assert found is not None
        return str(found.experiment_id)

    def _create_model(self, name: str) -> None:
        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != _EXISTS:
                raise
