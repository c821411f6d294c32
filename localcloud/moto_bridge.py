"""moto behind ministack: SageMaker, Prometheus (control plane) and Application Auto Scaling.

moto is called in this process, as the WSGI application that its own server would serve. IAM is
checked before: moto itself lets everybody do everything.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.test import Client

from localcloud import endpoints, iam
from localcloud.state import settings
from tidewatch.core.errors import Fault, TidewatchError

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Answer]]

# The signing name of a request -> moto's name of the backend, and the host it answers on.
BACKENDS = {
    "sagemaker": ("sagemaker", "api.sagemaker"),
    "sagemaker-runtime": ("sagemakerruntime", "runtime.sagemaker"),
    "aps": ("amp", "aps"),
    "application-autoscaling": ("applicationautoscaling", "application-autoscaling"),
}
ROUTED = ("sagemaker", "aps", "application-autoscaling")
TARGETS = {"sagemaker": "SageMaker", "application-autoscaling": "AnyScaleFrontendService"}
INVOCATION = re.compile(r"^/endpoints/(?P<endpoint>[^/]+)/invocations$")
ERRORS_FROM = 300
HOP_BY_HOP = frozenset({"content-length", "connection", "date", "server"})


class ControlPlaneError(TidewatchError):
    """A control-plane call of our own code was refused; `code` is AWS's error code."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(Fault(operation, f"{code}: {message}", "success", "see the message"))
        self.code = code
        self.message = message


def install(handlers: dict[str, Handler]) -> None:
    """Route moto's services through ministack's gateway."""
    for service in ROUTED:
        handlers[service] = _handler(service)
    threading.Thread(target=_warm_up, name="moto-warm-up", daemon=True).start()


def moto_call(operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Call a SageMaker operation (`CreateModel`) as our own code; ControlPlaneError on refusal."""
    return json_call("sagemaker", operation, parameters)


def json_call(service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Call a JSON operation of any service that moto answers."""
    headers = _signed(service) | {
        "x-amz-target": f"{TARGETS[service]}.{operation}",
        "content-type": "application/x-amz-json-1.1",
    }
    return _own_call(operation, service, "POST", "/", headers, parameters)


def rest_call(
    service: str, method: str, path: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Call a REST operation of any service that moto answers."""
    headers = _signed(service) | {"content-type": "application/json"}
    return _own_call(f"{service} {method} {path}", service, method, path, headers, parameters)


def forward(
    service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, query: str
) -> Answer:
    """Give one request to moto, unchecked."""
    backend = "sagemaker-runtime" if _is_runtime(service, path) else service
    name, host = BACKENDS[backend]
    kept = [(key, value) for key, value in headers.items() if key not in HOP_BY_HOP | {"host"}]
    answer = Client(_application(name)).open(
        path,
        method=method,
        base_url=f"http://{host}.{settings().region}.amazonaws.com",
        headers=kept,
        data=body,
        query_string=query,
    )
    answered = {key: value for key, value in answer.headers if key.lower() not in HOP_BY_HOP}
    return answer.status_code, answered, answer.data


def _handler(service: str) -> Handler:
    async def handle(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | str,
        query: dict[str, list[str]],
    ) -> Answer:
        # Step Functions hands its requests over as text.
        payload = body.encode() if isinstance(body, str) else body
        refused = iam.refuse(service, method, path, headers, payload)
        if refused is not None:
            return refused
        invoked = INVOCATION.match(path) if service == "sagemaker" else None
        if invoked:
            # Past moto, whose routing costs more than a small model's prediction.
            name = unquote(invoked["endpoint"])
            answer = await asyncio.to_thread(endpoints.invoke, name, headers, payload)
            return answer.status, dict(answer.headers), answer.body
        return await asyncio.to_thread(
            forward, service, method, path, headers, payload, iam.query_string(query)
        )

    return handle


def _is_runtime(service: str, path: str) -> bool:
    return service == "sagemaker" and path.startswith("/endpoints/")


def _signed(service: str) -> dict[str, str]:
    """The header from which moto reads region and service; it never checks the signature."""
    scope = f"{settings().account}/20260101/{settings().region}/{service}/aws4_request"
    return {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature="}


def _own_call(
    operation: str,
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    payload = json.dumps(parameters).encode()
    status, answered, body = forward(service, method, path, headers, payload, "")
    answer: dict[str, Any] = json.loads(body) if body else {}
    if status >= ERRORS_FROM:
        code = answer.get("__type") or answered.get("x-amzn-errortype") or str(status)
        message = answer.get("message") or answer.get("Message") or str(answer)
        raise ControlPlaneError(operation, code.rpartition("#")[2], message)
    return answer


def _warm_up() -> None:
    """Load what the first request would wait seconds for."""
    for name, _ in BACKENDS.values():
        _application(name)


@cache
def _application(name: str) -> Any:
    return create_backend_app(name)  # type: ignore[arg-type]
