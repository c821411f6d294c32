"""A real Prometheus on the loopback interface: the laptop's Amazon Managed Prometheus."""

from __future__ import annotations

import http.client
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from localcloud import tools
from localcloud.ports import LOOPBACK, free_port
from localcloud.processes import Process, spawn, wait_for_http
from tidewatch.core.errors import Fault, TidewatchError

READY_SECONDS = 60.0
RELOAD_SECONDS = 30.0
# Amazon's default; at most ten minutes there.
OUT_OF_ORDER = "60s"
NAMESPACE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")


class PrometheusError(TidewatchError):
    """Rules or settings that Prometheus refuses."""


@dataclass(frozen=True)
class _Config:
    """The configuration file of one server."""

    home: Path
    out_of_order: str

    @property
    def file(self) -> Path:
        return self.home / "prometheus.yml"

    @property
    def rules(self) -> Path:
        return self.home / "rules"

    def write(self, alertmanager: str | None) -> None:
        content: dict[str, object] = {
            "rule_files": [str(self.rules / "*.yml")],
            "storage": {"tsdb": {"out_of_order_time_window": self.out_of_order}},
        }
        if alertmanager:
            targets = {"targets": [urlsplit(alertmanager).netloc]}
            content["alerting"] = {"alertmanagers": [{"static_configs": [targets]}]}
        draft = self.file.with_suffix(".draft")
        draft.write_text(yaml.safe_dump(content))
        draft.rename(self.file)


class Prometheus:
    """A running Prometheus. Made by `start`; ended by `stop`, or with this process."""

    def __init__(self, url: str, process: Process, checker: tools.Tool, config: _Config) -> None:
        self.url = url
        self._process = process
        self._checker = checker
        self._config = config
        self._lock = threading.Lock()

    def write_rules(self, name: str, yaml_text: str) -> None:
        """Check, write and load one namespace of rules; PrometheusError leaves it as it was."""
        file = self._rules_file(name)
        with self._lock:
            draft = file.with_suffix(".draft")
            draft.write_text(yaml_text)
            try:
                self._checker.run("check", "rules", str(draft))
            except tools.ToolError as error:
                draft.unlink()
                raise _refused(name, error.faults[0].found) from None
            draft.rename(file)
            self._reload()

    def remove_rules(self, name: str) -> None:
        """Forget a namespace of rules; one that is not there is no error."""
        with self._lock:
            self._rules_file(name).unlink(missing_ok=True)
            self._reload()

    def set_alertmanager(self, url: str | None) -> None:
        """Send alerts to this Alertmanager from now on; None: to nobody."""
        with self._lock:
            self._config.write(url)
            self._reload()

    def stop(self) -> None:
        """End the process. Series and rules stay on disk."""
        self._process.terminate()

    def _rules_file(self, name: str) -> Path:
        if not NAMESPACE.fullmatch(name):
            raise _refused(repr(name), "a name that is no file name")
        return self._config.rules / f"{name}.yml"

    def _reload(self) -> None:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(LOOPBACK, parts.port, timeout=RELOAD_SECONDS)
        try:
            connection.request("POST", "/-/reload")
            answer = connection.getresponse()
            said = answer.read().decode(errors="replace")
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise _refused("reload", said)


def start(workspace_id: str, home: Path, out_of_order: str = OUT_OF_ORDER) -> Prometheus:
    """Start a workspace's Prometheus and wait until it is ready.

    Series, rules and the log are kept under `home/prometheus/<workspace_id>`; rules written
    before a restart are loaded again. It takes remote writes, scrapes nothing, and evaluates each
    group of rules at the group's own interval. Samples older than the newest of their series by
    more than `out_of_order` are refused, as in AWS.
    """
    found = tools.find()
    home = home.resolve() / "prometheus" / workspace_id
    config = _Config(home, out_of_order)
    config.rules.mkdir(parents=True, exist_ok=True)
    config.write(None)
    address = f"{LOOPBACK}:{free_port()}"
    process = spawn(
        found.prometheus.command(*_flags(config, address)),
        cwd=found.prometheus.folder or home,
        environment={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home)},
        log=home / "prometheus.log",
    )
    server = Prometheus(f"http://{address}", process, found.promtool, config)
    try:
        wait_for_http(f"{server.url}/-/ready", process, READY_SECONDS)
    except BaseException:
        server.stop()
        raise
    return server


def _flags(config: _Config, address: str) -> list[str]:
    return [
        f"--config.file={config.file}",
        f"--storage.tsdb.path={config.home / 'data'}",
        f"--web.listen-address={address}",
        f"--web.external-url=http://{address}",
        "--web.enable-remote-write-receiver",
        "--web.enable-lifecycle",
        "--rules.alert.resend-delay=5s",
        "--log.level=warn",
    ]


def _refused(where: str, found: str) -> PrometheusError:
    return PrometheusError(
        Fault(where, found, "what Prometheus accepts", "correct the rules and write them again")
    )
