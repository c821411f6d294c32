"""Passing one HTTP request on to a server on the loopback interface, and its answer back."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, dict[str, str], bytes]

# A request's signature is for us, not for the server behind.
NOT_PASSED_ON = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "authorization", "expect"}
)
NOT_PASSED_BACK = frozenset({"connection", "transfer-encoding", "keep-alive"})
CHUNK = 1 << 16
TIMEOUT_SECONDS = 120.0


def headers(scope: Scope) -> dict[str, str]:
    """The request's headers, keyed in lower case."""
    return {
        key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]
    }


async def read_body(receive: Receive) -> bytes:
    """The whole body of a request. ConnectionResetError where the client left meanwhile."""
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left before its request was complete")
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def answer(send: Send, answered: Answer) -> None:
    """Send a complete answer."""
    status, fields, body = answered
    raw = [(key.lower().encode(), value.encode()) for key, value in fields.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def forward(scope: Scope, send: Send, url: str, body: bytes) -> None:
    """Pass a request on and stream the answer back, its status and headers untouched."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT_SECONDS
    )
    query = scope.get("query_string", b"").decode("ascii")
    target = parts.path + (f"?{query}" if query else "")
    kept = {key: value for key, value in headers(scope).items() if key not in NOT_PASSED_ON}
    try:
        try:
            response = await asyncio.to_thread(
                _request, connection, scope["method"], target, body, kept
            )
        except OSError as fault:
            await answer(send, (502, {"content-type": "text/plain"}, f"{url}: {fault}".encode()))
            return
        await _stream(response, send)
    finally:
        connection.close()


def _request(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: bytes,
    fields: dict[str, str],
) -> http.client.HTTPResponse:
    connection.request(method, target, body=body or None, headers=fields)
    return connection.getresponse()


async def _stream(response: http.client.HTTPResponse, send: Send) -> None:
    raw = [
        (key.lower().encode(), value.encode("latin-1"))
        for key, value in response.getheaders()
        if key.lower() not in NOT_PASSED_BACK
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    while chunk := await asyncio.to_thread(response.read1, CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
