"""Remote write: what a server receives, byte by byte, and what happens when it refuses."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cramjam
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from tidewatch.aws import remote_write
from tidewatch.aws.remote_write import RemoteWriteError, RemoteWriter, Sample, encode

AT = 1_700_000_000_000


@dataclass
class Server:
    """A server on loopback that keeps what it gets; answers with `statuses`, then with 200."""

    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "SECRET",
        "AWS_SESSION_TOKEN": "TOKEN",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(remote_write, "_FIRST_PAUSE", 0.0)
    known = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            known.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            known.headers.append(dict(self.headers))
            self.send_response(known.statuses.pop(0) if known.statuses else 200)
            self.end_headers()
            self.wfile.write(b"the server's words")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        known.url = f"http://127.0.0.1:{http.server_port}/workspaces/ws-1/api/v1/remote_write"
        yield known
        http.shutdown()
        thread.join()


def _sample(name: str = "up", value: float = 1.5) -> Sample:
    return Sample(name, {"model": "flights", "feature": "temp"}, value, AT)


def test_samples_arrive_as_compressed_protobuf_with_labels_in_order(server: Server) -> None:
    RemoteWriter(server.url).send([_sample(), _sample("down", -2.0)])
    (body,) = server.bodies
    assert decode(bytes(cramjam.snappy.decompress_raw(body))) == [
        ([("__name__", "up"), ("feature", "temp"), ("model", "flights")], [(1.5, AT)]),
        ([("__name__", "down"), ("feature", "temp"), ("model", "flights")], [(-2.0, AT)]),
    ]


def test_a_request_is_signed_for_the_service_aps(server: Server) -> None:
    RemoteWriter(server.url).send([_sample()])
    (headers,) = server.headers
    assert headers["X-Amz-Security-Token"] == "TOKEN"
    assert "/eu-central-1/aps/aws4_request" in headers["Authorization"]
    assert headers["Authorization"] == _signature(server)


def _signature(server: Server) -> str:
    """The signature, computed again from what arrived."""
    headers = server.headers[0]
    signed = ("Content-Type", "Content-Encoding", "X-Prometheus-Remote-Write-Version")
    request = AWSRequest(
        method="POST",
        url=server.url,
        data=server.bodies[0],
        headers={name: headers[name] for name in (*signed, "X-Amz-Date", "X-Amz-Security-Token")},
    )
    request.context["timestamp"] = headers["X-Amz-Date"]
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", "SECRET", "TOKEN"), "aps", "eu-central-1")
    text = signer.string_to_sign(request, signer.canonical_request(request))
    names = signer.signed_headers(signer.headers_to_sign(request))
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
        f"SignedHeaders={names}, Signature={signer.signature(text, request)}"
    )


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_tried_again(server: Server, status: int) -> None:
    server.statuses = [status, status]
    RemoteWriter(server.url).send([_sample()])
    assert len(server.bodies) == 3
    assert len(set(server.bodies)) == 1


def test_a_fault_that_stays_is_raised_with_the_servers_words(server: Server) -> None:
    server.statuses = [503] * 9
    with pytest.raises(RemoteWriteError, match=r"503 the server's words \(5 times\)"):
        RemoteWriter(server.url).send([_sample()])
    assert len(server.bodies) == 5


@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_is_raised_at_once_with_the_servers_words(server: Server, status: int) -> None:
    server.statuses = [status]
    with pytest.raises(RemoteWriteError, match=f"{status} the server's words"):
        RemoteWriter(server.url).send([_sample()])
    assert len(server.bodies) == 1


@pytest.mark.usefixtures("server")
def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/api/v1/remote_write"
    with pytest.raises(RemoteWriteError, match="ConnectionError"):
        RemoteWriter(url).send([_sample()])


def test_many_samples_go_in_several_requests(server: Server) -> None:
    RemoteWriter(server.url).send(_sample(value=float(i)) for i in range(4100))
    sizes = [len(decode(bytes(cramjam.snappy.decompress_raw(body)))) for body in server.bodies]
    assert sizes == [2000, 2000, 100]


def test_nothing_to_send_is_no_request(server: Server) -> None:
    RemoteWriter(server.url).send([])
    assert server.bodies == []


@given(
    name=st.text(min_size=1),
    value=st.floats(allow_nan=False),
    milliseconds=st.integers(-(2**63), 2**63 - 1),
)
def test_every_sample_survives_the_encoding(name: str, value: float, milliseconds: int) -> None:
    sample = Sample("n", {"label": name}, value, milliseconds)
    assert decode(encode([sample])) == [
        ([("__name__", "n"), ("label", name)], [(value, milliseconds)])
    ]


Pairs = list[tuple[str, str]]


def decode(body: bytes) -> list[tuple[Pairs, list[tuple[float, int]]]]:
    """The series of a WriteRequest: labels, and samples as value and milliseconds."""
    found = []
    for _, series in _fields(body):
        assert isinstance(series, bytes)
        labels: Pairs = []
        samples: list[tuple[float, int]] = []
        for number, content in _fields(series):
            assert isinstance(content, bytes)
            parts: dict[int, Any] = dict(_fields(content))
            if number == 1:
                labels.append((parts[1].decode(), parts[2].decode()))
            else:
                signed = struct.unpack("<q", struct.pack("<Q", parts[2]))[0]
                samples.append((struct.unpack("<d", parts[1])[0], signed))
        found.append((labels, samples))
    return found


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        kind = tag & 7
        if kind == 0:
            number, place = _varint(data, place)
            yield tag >> 3, number
            continue
        size, place = (8, place) if kind == 1 else _varint(data, place)
        yield tag >> 3, data[place : place + size]
        place += size


def _varint(data: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return number, place
