"""The environment of a container's process: clean, as in a container, never the server's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from localcloud.clients import RoleCredentials
from localcloud.jobs.container import Container
from localcloud.state import Settings

MLFLOW_ROUTE = "/_mlflow"
# delta-rs speaks plain HTTP, and puts conditionally, only when told to.
DELTA_RS = {"AWS_ALLOW_HTTP": "true", "AWS_CONDITIONAL_PUT": "etag"}


def container_environment(
    container: Container,
    given: Mapping[str, str],
    credentials: RoleCredentials,
    settings: Settings,
) -> dict[str, str]:
    """The image's ENV, then the request's Environment, then what the platform itself sets.

    PATH is always ours: a Dockerfile's PATH names folders that exist only in the built image.
    """
    chosen = {**container.image.environment, **given}
    translated = {name: container.translate(value) for name, value in chosen.items()}
    return {
        "LANG": "C.UTF-8",
        **translated,
        "PATH": search_path(os.environ.get("PATH", os.defpath)),
        "HOME": str(container.root),
        "TMPDIR": str(container.path("/tmp")),  # noqa: S108 - inside the container's folder
        "ML_ROOT": str(container.ml),
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_ENDPOINT_URL": settings.url,
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": f"{settings.url}{MLFLOW_ROUTE}",
        **DELTA_RS,
        **credentials.environment(),
    }


def search_path(path: str) -> str:
    """The folder of this interpreter first, so that its console scripts are found."""
    return os.pathsep.join([str(Path(sys.executable).parent), path])
