"""An HTTP server of the tests that remembers what it is sent."""

from __future__ import annotations

import contextlib
import http.server
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """Its address, and the path and body of each request so far."""

    url: str = ""
    received: list[tuple[str, str]] = field(default_factory=list)

    def form(self) -> dict[str, str]:
        """The first body, read as a form (the shape of a call of SNS)."""
        return dict(urllib.parse.parse_qsl(self.received[0][1]))


@contextlib.contextmanager
def receiving(answer: str = "") -> Iterator[Receiver]:
    """A receiver on a free loopback port, answering 200 with the same text to all."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("content-length", 0))
            receiver.received.append((self.path, self.rfile.read(size).decode()))
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer.encode())

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def eventually(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so; fail when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
