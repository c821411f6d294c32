"""The two routes that SageMaker calls: `GET /ping` and `POST /invocations`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tidewatch.serving.csv_rows import CsvRows
from tidewatch.serving.fault import RequestError
from tidewatch.serving.json_rows import JsonRows
from tidewatch.serving.model import Model

LARGEST_BODY = 25 * 1024 * 1024
"""SageMaker's own limit of a real-time payload."""
_LONG_BODY = 128 * 1024
"""Longer bodies are answered from a thread, so that `/ping` stays quick."""

CSV = "text/csv"
JSON = "application/json"
Scores = npt.NDArray[np.float64]


class Invocations:
    """Answers requests for scores; every answer names the version that gave it."""

    def __init__(self, model: Model, version: str) -> None:
        self._model = model
        self._readers: dict[str, Callable[[bytes], Scores]] = {
            CSV: CsvRows(model.signature).matrix,
            JSON: JsonRows(model.signature).matrix,
        }
        suffix = f"; version={version}" if version else ""
        self._types = {CSV: f"{CSV}; charset=utf-8{suffix}", JSON: f"{JSON}{suffix}"}

    async def __call__(self, request: Request) -> Response:
        """One score a row, or the client's fault."""
        try:
            kind = _media_type(request.headers.get("content-type", ""))
            read = self._reader(kind)
            body = await _body(request)
            if len(body) > _LONG_BODY:
                scores = await run_in_threadpool(self._scores, read, body)
            else:
                scores = self._scores(read, body)
        except RequestError as error:
            return Response(orjson.dumps(error.body()), error.status, media_type=JSON)
        accepted = _media_type(request.headers.get("accept", ""))
        answer = accepted if accepted in self._types else kind
        # Given as a header, not as media_type: Starlette would add a charset of its own.
        return Response(_RENDER[answer](scores), headers={"content-type": self._types[answer]})

    def _reader(self, kind: str) -> Callable[[bytes], Scores]:
        try:
            return self._readers[kind]
        except KeyError:
            raise RequestError(
                f"content type {kind or 'none'!r}",
                f"{CSV} or {JSON}",
                "set the header Content-Type",
                status=415,
            ) from None

    def _scores(self, read: Callable[[bytes], Scores], body: bytes) -> Scores:
        return self._model.predict(read(body))


def create_app(model: Model, version: str) -> Starlette:
    """The application around a loaded model; `version` may be empty where nobody set one."""
    answer = Invocations(model, version)

    async def invocations(request: Request) -> Response:
        return await answer(request)

    return Starlette(
        routes=[
            Route("/ping", _ping, methods=["GET"]),
            Route("/invocations", invocations, methods=["POST"]),
        ]
    )


async def _ping(_: Request) -> Response:
    """Healthy: the model was loaded before the server began to listen."""
    return Response()


async def _body(request: Request) -> bytes:
    """The whole body; reading stops as soon as it is too large, whatever its header said."""
    if int(request.headers.get("content-length", 0)) > LARGEST_BODY:
        raise _too_large()
    chunks = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise _too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large() -> RequestError:
    return RequestError(
        f"a body above {LARGEST_BODY} bytes",
        f"at most {LARGEST_BODY} bytes",
        "send fewer rows a request",
        status=413,
    )


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def _csv(scores: Scores) -> bytes:
    return "\n".join(map(repr, scores.tolist())).encode() + b"\n"


def _json(scores: Scores) -> bytes:
    return orjson.dumps({"predictions": scores.tolist()})


_RENDER = {CSV: _csv, JSON: _json}
