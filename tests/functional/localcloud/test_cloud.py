from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import requests

from localcloud.cloud import LocalCloud, is_up
from tests.functional.localcloud.lambdas import KeepingFunction
from tests.functional.localcloud.workbench import until


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    """A cloud that the test may end."""
    started = LocalCloud.start(tmp_path)
    yield started
    started.stop()


def listed(*command: str) -> list[list[str]]:
    """The words of every line that a command prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return [line.split() for line in done.stdout.splitlines()]


def running(pid: int) -> bool:
    # A child of ours that has ended, but was not waited for, is a zombie.
    return not all(
        words[0].startswith("Z") for words in listed("ps", "-o", "stat=", "-p", f"{pid}")
    )


def descendants(pid: int) -> set[int]:
    parents = {int(child): int(parent) for child, parent in listed("ps", "-eo", "pid=,ppid=")}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def listening(pids: set[int]) -> set[str]:
    """The addresses on which the processes listen."""
    lines = listed("ss", "-Hltnp")
    return {words[3] for words in lines if any(f"pid={pid}," in words[-1] for pid in pids)}


def test_it_answers_as_one_account(cloud: LocalCloud) -> None:
    identity = cloud.session().client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::123456789012:root"


def test_its_environment_is_all_that_a_client_needs(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in cloud.environment().items():
        monkeypatch.setenv(key, value)
    identity = boto3.Session().client("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"


def test_it_tells_which_services_run(cloud: LocalCloud) -> None:
    services = requests.get(f"{cloud.url}/_localcloud/services", timeout=10).json()
    assert set(services) == {"mlflow", "prometheus", "alertmanager", "inbox"}
    assert services["inbox"].startswith("http://127.0.0.1:")


def test_an_unknown_page_is_not_found(cloud: LocalCloud) -> None:
    assert requests.get(f"{cloud.url}/_localcloud/nothing", timeout=10).status_code == 404


def test_a_port_in_use_is_named_and_nothing_is_started(cloud: LocalCloud, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "localcloud.server", "--home", str(tmp_path)]
    done = subprocess.run(  # noqa: S603 - our own server
        [*command, "--port", str(cloud.settings.port)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cloud.settings.project,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"port {cloud.settings.port} is in use; give another with --port"
    )


def test_it_listens_on_the_loopback_interface_only(cloud: LocalCloud) -> None:
    pid = cloud.process.pid
    addresses = listening({pid, *descendants(pid)})
    assert f"127.0.0.1:{cloud.settings.port}" in addresses
    assert all(address.startswith("127.0.0.1:") for address in addresses)


def test_a_terminated_cloud_ends_within_seconds_with_all_its_processes(
    own_cloud: LocalCloud,
) -> None:
    worker = KeepingFunction.create(own_cloud).invoke({})["pid"]
    processes = {own_cloud.process.pid, worker, *descendants(own_cloud.process.pid)}
    assert len(processes) >= 3
    os.kill(own_cloud.process.pid, signal.SIGTERM)
    until(lambda: not any(map(running, processes)), 30)
    assert not is_up(own_cloud.url)


def test_a_killed_cloud_takes_its_processes_along(own_cloud: LocalCloud) -> None:
    worker = KeepingFunction.create(own_cloud).invoke({})["pid"]
    processes = {worker, *descendants(own_cloud.process.pid)}
    os.kill(own_cloud.process.pid, signal.SIGKILL)
    until(lambda: not any(map(running, processes)), 30)


def test_it_keeps_its_files_in_its_home(cloud: LocalCloud) -> None:
    home = cloud.settings.home
    assert cloud.log == home / "cloud.log"
    assert {"cloud.log", "tmp"} <= {path.name for path in home.iterdir()}
