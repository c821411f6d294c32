"""Calls an ASGI application in this process: one request, one answer, no sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import ASGIApp, Message

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What the application sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return orjson.loads(self.body)


class Client:
    """Sends requests to `app` as a server would, a body in several chunks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def get(self, path: str) -> Answer:
        return asyncio.run(self._ask("GET", path, {}, []))

    def post(self, body: str | bytes, headers: Mapping[str, str]) -> Answer:
        """Posts to /invocations with the body's length in the header."""
        data = body.encode() if isinstance(body, str) else body
        chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
        return self.post_chunks(chunks, {**headers, "content-length": str(len(data))})

    def post_chunks(self, chunks: Iterable[bytes], headers: Mapping[str, str]) -> Answer:
        """Posts to /invocations, with no length but what `headers` say."""
        return asyncio.run(self._ask("POST", "/invocations", headers, list(chunks)))

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], chunks: list[bytes]
    ) -> Answer:
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        incoming = iter([*chunks, b""])
        sent: list[Message] = []

        async def receive() -> Message:
            body = next(incoming)
            return {"type": "http.request", "body": body, "more_body": body != b""}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        start, *bodies = sent
        return Answer(
            start["status"],
            {name.decode(): value.decode() for name, value in start["headers"]},
            b"".join(message["body"] for message in bodies),
        )
