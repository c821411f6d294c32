"""The two routes that SageMaker calls: `GET /ping` and `POST /invocations`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tidewatch.serving.answers import Answers, answering
from tidewatch.serving.csv_rows import CsvRows
from tidewatch.serving.fault import RequestError
from tidewatch.serving.json_rows import JsonRows
from tidewatch.serving.model import Model
from tidewatch.serving.single_row import SingleRow

LARGEST_BODY = 25 * 1024 * 1024
"""SageMaker's own limit of a real-time payload."""
_LONG_BODY = 128 * 1024
"""Longer bodies are answered from a thread, so that `/ping` stays quick."""

CSV = "text/csv"
JSON = "application/json"
Rows = list[list[float]]
Reader = Callable[[bytes], Rows]


class Invocations:
    """Answers requests, one answer a row; every answer names the version that gave it."""

    def __init__(self, model: Model, version: str) -> None:
        self._model = model
        self._answers = answering(model.signature)
        # Several classes have several outputs a row, which the quick way does not read.
        self._score_one = None if model.signature.classes else SingleRow(model.booster)
        self._readers: dict[str, Reader] = {
            CSV: CsvRows(model.signature).read,
            JSON: JsonRows(model.signature).read,
        }
        suffix = f"; version={version}" if version else ""
        self._types = {CSV: f"{CSV}; charset=utf-8{suffix}", JSON: f"{JSON}{suffix}"}

    async def __call__(self, request: Request) -> Response:
        """One answer a row, or the client's fault."""
        try:
            kind = _media_type(request.headers.get("content-type", ""))
            read = self._reader(kind)
            body = await _body(request)
            if len(body) > _LONG_BODY:
                scores = await run_in_threadpool(self._score_long, read, body)
            else:
                scores = self._score(read(body))
        except RequestError as error:
            return Response(orjson.dumps(error.body()), error.status, media_type=JSON)
        accepted = _media_type(request.headers.get("accept", ""))
        answer = accepted if accepted in self._types else kind
        # Given as a header, not as media_type: Starlette would add a charset of its own.
        return Response(_RENDER[answer](scores), headers={"content-type": self._types[answer]})

    def _reader(self, kind: str) -> Reader:
        try:
            return self._readers[kind]
        except KeyError:
            raise RequestError(
                f"content type {kind or 'none'!r}",
                f"{CSV} or {JSON}",
                "set the header Content-Type",
                status=415,
            ) from None

    def _score(self, rows: Rows) -> Answers:
        if len(rows) == 1 and self._score_one:
            return [self._score_one(rows[0])]
        return self._many(rows)

    def _score_long(self, read: Reader, body: bytes) -> Answers:
        """In a thread: never through `_score_one`, which is the event loop's alone."""
        return self._many(read(body))

    def _many(self, rows: Rows) -> Answers:
        return self._answers(self._model.predict(np.array(rows, dtype=np.float64)))


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


def _csv(answers: Answers) -> bytes:
    return "\n".join(map(str, answers)).encode() + b"\n"


def _json(answers: Answers) -> bytes:
    return orjson.dumps({"predictions": answers})


_RENDER = {CSV: _csv, JSON: _json}
