"""A model server: answers a constant from its model.json for every row of a request."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODEL = json.loads((Path(os.environ["ML_ROOT"]) / "model/model.json").read_text())
VERSION = os.environ.get("MODEL_VERSION", "0")


class Handler(BaseHTTPRequestHandler):
    """/ping and /invocations."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Healthy, unless the model says otherwise."""
        self.answer(503 if MODEL.get("unhealthy") else 200, "text/plain", b"")

    def do_POST(self) -> None:
        """Score every line; some bodies ask for trouble."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if body == b"crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if body == b"refuse":
            self.answer(400, "application/json", b'{"error": {"found": "refuse"}}')
            return
        if body == b"break":
            self.answer(500, "text/plain", b"broken")
            return
        if body == b"pid":
            self.answer(200, "text/csv", str(os.getpid()).encode())
            return
        if body.startswith(b"slow"):
            time.sleep(float(body.split(b",")[1]))
        if self.headers["Content-Type"].startswith("application/json"):
            answer = json.dumps({"predictions": [MODEL["constant"]], "version": VERSION}).encode()
            self.answer(200, f"application/json; version={VERSION}", answer)
            return
        rows = body.splitlines() or [b""]
        lines = "\n".join([str(MODEL["constant"])] * len(rows)).encode()
        self.answer(200, f"text/csv; charset=utf-8; version={VERSION}", lines)

    def answer(self, status: int, kind: str, body: bytes) -> None:
        """Send one answer; custom attributes come back as they came."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        attributes = self.headers.get("X-Amzn-SageMaker-Custom-Attributes")
        if attributes:
            self.send_header("X-Amzn-SageMaker-Custom-Attributes", f"seen {attributes}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Answers without waiting to fill a packet."""

    daemon_threads = True

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Set TCP_NODELAY, then serve."""
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().process_request(request, client_address)


if __name__ == "__main__":
    if MODEL.get("broken"):
        print("this model cannot be loaded", flush=True)
        sys.exit(1)
    assert sys.argv[1:] == ["serve"]
    Server(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
