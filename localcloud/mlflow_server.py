"""A real MLflow tracking server on the loopback interface: the laptop's SageMaker MLflow app."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from localcloud.ports import LOOPBACK, free_port
from localcloud.processes import Process, spawn, wait_for_http

READY_SECONDS = 180.0
# The first request makes the tables: readiness must mean that they are there.
READY_PATH = "/api/2.0/mlflow/experiments/get?experiment_id=0"
# `mlflow server` is a command that sets these variables and starts this very application, then
# stays in memory beside it. Without it the server is up in half the time and takes half the memory.
APPLICATION = "mlflow.server.fastapi_app:app"
BACKEND = "_MLFLOW_SERVER_FILE_STORE"
REGISTRY = "_MLFLOW_SERVER_REGISTRY_STORE"
ARTIFACTS = "_MLFLOW_SERVER_ARTIFACT_ROOT"


@dataclass(frozen=True)
class MlflowServer:
    """A running MLflow server. Made by `start`; ended by `stop`, or with this process."""

    url: str
    process: Process

    def stop(self) -> None:
        """End the process. Runs and the registry stay on disk."""
        self.process.terminate()


def start(home: Path, artifact_uri: str, environment: dict[str, str]) -> MlflowServer:
    """Start the server and wait until it answers.

    Runs and the registry are in a SQLite file under `home`. Artefacts are in `artifact_uri`: as
    with SageMaker's MLflow, clients read and write them there themselves, under their own rights;
    the server reads them for its pages. `environment` holds its AWS credentials and endpoint.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = spawn(
        [sys.executable, "-m", "uvicorn", "--host", LOOPBACK, "--port", str(port), APPLICATION],
        cwd=home,
        environment={**_settings(home, artifact_uri), **environment},
        log=home / "mlflow.log",
    )
    server = MlflowServer(f"http://{LOOPBACK}:{port}", process)
    try:
        wait_for_http(f"{server.url}{READY_PATH}", process, READY_SECONDS)
    except BaseException:
        server.stop()
        raise
    return server


def _settings(home: Path, artifact_uri: str) -> dict[str, str]:
    database = f"sqlite:///{home / 'mlflow.db'}"
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        BACKEND: database,
        REGISTRY: database,
        ARTIFACTS: artifact_uri,
        "MLFLOW_SERVER_ALLOWED_HOSTS": f"{LOOPBACK}:*,localhost:*",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }
