"""The serving container's program: loads the model, then listens until SIGTERM."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import uvicorn
from pydantic import BaseModel, ConfigDict, Field
from starlette.applications import Starlette

from tidewatch.core.errors import TidewatchError
from tidewatch.serving.app import create_app
from tidewatch.serving.model import load_model

_GRACE_SECONDS = 25
"""SageMaker kills 30 s after SIGTERM; requests under way get this long to end."""


class Settings(BaseModel):
    """What the environment says."""

    model_config = ConfigDict(frozen=True)

    ml_root: Path = Field(default=Path("/opt/ml"), alias="ML_ROOT")
    host: str = Field(default="127.0.0.1", alias="BIND_HOST")
    """0.0.0.0 inside a container, which SageMaker calls from outside of it."""
    port: int = Field(default=8080, alias="SAGEMAKER_BIND_TO_PORT")
    version: str = Field(default="", alias="MODEL_VERSION")
    workers: int = Field(default=1, ge=1, alias="WEB_CONCURRENCY")


def application() -> Starlette:
    """The application, built anew in every worker process."""
    settings = Settings.model_validate(os.environ)
    return create_app(load_model(settings.ml_root / "model"), settings.version)


def main() -> None:
    """Serves until told to end; a model that cannot be served ends the program at once."""
    settings = Settings.model_validate(os.environ)
    try:
        app = application()
    except TidewatchError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    uvicorn.run(
        # Several workers need a name to import, not an object; this folder is on sys.path.
        "main:application" if settings.workers > 1 else app,
        factory=settings.workers > 1,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        log_level="info",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
