"""A key for Grafana's HTTP API that lives as long as it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

# Longer than the function may run: should deletion fail, the token is worthless soon.
_SECONDS = 600


@contextmanager
def service_token(grafana: Any, workspace: str) -> Iterator[str]:
    """The key of a new service account, which is deleted with its token in every case."""
    name = f"tidewatch-{uuid4().hex[:12]}"
    account = grafana.create_workspace_service_account(
        workspaceId=workspace, name=name, grafanaRole="ADMIN"
    )["id"]
    of_account = {"workspaceId": workspace, "serviceAccountId": account}
    try:
        token = grafana.create_workspace_service_account_token(
            **of_account, name=name, secondsToLive=_SECONDS
        )["serviceAccountToken"]
        try:
            yield token["key"]
        finally:
            grafana.delete_workspace_service_account_token(**of_account, tokenId=token["id"])
    finally:
        grafana.delete_workspace_service_account(**of_account)
