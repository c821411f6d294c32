"""The serving program, run as its container runs it, on a port of loopback."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.training.workshop import (
    PROJECT,
    prepared_sets,
    program_environment,
    run_program,
    small_model,
    small_trial,
)

_SECONDS = 60


@pytest.fixture
def ml_root(tmp_path: Path) -> Path:
    sets = prepared_sets(tmp_path / "sets", small_model())
    small_trial(small_model(), sets).save(tmp_path / "ml" / "model")
    return tmp_path / "ml"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture(params=["1", "2"], ids=["one worker", "two workers"])
def server(
    request: pytest.FixtureRequest, ml_root: Path, port: int
) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "MODEL_VERSION": "3",
        "WEB_CONCURRENCY": request.param,
    }
    program = str(PROJECT / "sagemaker" / "serving" / "main.py")
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, program, "serve"], env=program_environment(ml_root, environment)
    )
    yield process
    process.kill()
    process.wait()


def until_healthy(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            assert ask(port, "GET", "/ping")[0] == 200
        except ConnectionError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server never answered /ping")


def ask(port: int, method: str, path: str, body: str = "") -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, {"Content-Type": "text/csv"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["content-type"]


def test_serves_until_sigterm_and_then_ends_in_time(
    server: subprocess.Popen[bytes], port: int
) -> None:
    until_healthy(port, server)

    assert ask(port, "POST", "/invocations", "south,3.5,7,") == (
        200,
        "text/csv; charset=utf-8; version=3",
    )

    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) in (0, -signal.SIGTERM)
    with pytest.raises(ConnectionError):
        ask(port, "GET", "/ping")


@pytest.mark.parametrize("name", ["model.pkl", "model.joblib"])
def test_a_model_that_could_run_code_ends_the_program_before_it_listens(
    ml_root: Path, name: str
) -> None:
    (ml_root / "model" / name).write_bytes(b"\x80\x04.")

    ended = run_program("serving", ml_root, {})

    assert ended.returncode == 1
    assert ended.stderr.startswith("ModelFormatError: ")
    assert name in ended.stderr
