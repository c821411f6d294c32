"""The one port: our own routes first, ministack for all of AWS."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud import iam, notimplemented, proxy, running
from localcloud.iam_hooks import pin_caller
from localcloud.state import Settings

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ADMIN = "/_localcloud/"
MLFLOW = "/_mlflow/"
MLFLOW_ACTION = "sagemaker:CallMlflowAppApi"
MLFLOW_ARN_HEADER = "x-sm-mlflow-app-arn"
NOT_FOUND = 404
SHOWN = ("mlflow", "prometheus", "alertmanager", "inbox")


@dataclass(frozen=True)
class Gateway:
    """The ASGI application of the local cloud."""

    settings: Settings
    ministack: Application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.ministack(scope, receive, send)
            return
        path = scope["path"]
        if path.startswith(ADMIN):
            await proxy.answer(send, _admin(path))
        elif path.startswith(MLFLOW):
            await self._mlflow(scope, receive, send)
        elif iam.AMP_DATA_PLANE.match(path):
            await self._amp(scope, receive, send)
        else:
            await self.ministack(scope, receive, send)

    async def _mlflow(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = "/" + scope["path"].removeprefix(MLFLOW)
        known = running.names("mlflow")
        arn = proxy.headers(scope).get(MLFLOW_ARN_HEADER) or (known[0] if known else "")
        body = await proxy.read_body(receive)
        # One action covers the whole API of an MLflow app (tracking servers have many).
        refused = _refused(scope, body, "sagemaker", [iam.Need(MLFLOW_ACTION, arn or "*")])
        await _pass_on(scope, send, body, refused, Behind("mlflow", arn, path))

    async def _amp(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        workspace, rest = path.removeprefix("/workspaces/").split("/", 1)
        kind = "alertmanager" if rest.startswith("alertmanager/") else "prometheus"
        body = await proxy.read_body(receive)
        refused = _refused(scope, body, "aps", iam.needs("aps", scope["method"], path, {}, body))
        await _pass_on(scope, send, body, refused, Behind(kind, workspace, amp_path(rest)))


@dataclass(frozen=True)
class Behind:
    """A server behind the gateway, and the path of a request on it."""

    kind: str
    name: str
    path: str


async def _pass_on(
    scope: Scope, send: Send, body: bytes, refused: iam.Answer | None, behind: Behind
) -> None:
    service = running.get(behind.kind, behind.name)
    if refused is not None:
        await proxy.answer(send, refused)
    elif service is None:
        message = f"no {behind.kind} runs for {behind.name or 'this account'}"
        answered = iam.error("ResourceNotFoundException", message, behind.path)
        await proxy.answer(send, (NOT_FOUND, *answered[1:]))
    else:
        await proxy.forward(scope, send, service.url.rstrip("/") + behind.path, body)


def amp_path(rest: str) -> str:
    """A workspace's data-plane path as Prometheus or Alertmanager itself has it."""
    if rest.endswith("api/v1/remote_write"):
        return "/api/v1/write"
    return "/" + rest.removeprefix("alertmanager/")


def _refused(
    scope: Scope, body: bytes, service: str, required: list[iam.Need]
) -> iam.Answer | None:
    pin_caller(scope, body)
    return iam.refuse_needs(service, scope["path"], proxy.headers(scope), required)


def _admin(path: str) -> iam.Answer:
    pages: Mapping[str, Callable[[], Any]] = {
        "health": lambda: {"status": "ready"},
        "services": lambda: {kind: running.address(kind) for kind in SHOWN},
        "not-emulated": notimplemented.listed,
    }
    page = pages.get(path.removeprefix(ADMIN))
    if page is None:
        answered = iam.error("NotFound", f"found {path}; expected one of {sorted(pages)}", path)
        return NOT_FOUND, *answered[1:]
    return 200, {"content-type": "application/json"}, json.dumps(page()).encode()
