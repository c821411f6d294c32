"""An MLflow that jobs log to, and what calling it takes."""

from __future__ import annotations

from dataclasses import dataclass

APP_ACTIONS = ("sagemaker:CallMlflowAppApi",)
"""An MLflow App has one action for all of the tracking API."""

SERVER_ACTIONS = tuple(
    f"sagemaker-mlflow:{operation}"
    for operation in (
        "CreateExperiment",
        "CreateModelVersion",
        "CreateRegisteredModel",
        "CreateRun",
        "GetExperimentByName",
        "GetModelVersion",
        "GetRun",
        "LogBatch",
        "SearchModelVersions",
        "UpdateRun",
    )
)
"""A tracking server has one for each call; these are those of `tidewatch.aws.mlflow_registry`."""


@dataclass(frozen=True)
class Mlflow:
    """The ARN is the tracking URI; `actions` are allowed on it to whoever logs."""

    arn: str
    actions: tuple[str, ...]
