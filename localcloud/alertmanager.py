"""A real Alertmanager on the loopback interface, from Amazon's alert manager definition."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from localcloud import tools
from localcloud.alertmanager_definition import (
    Credentials,
    DefinitionError,
    Surroundings,
    render,
)
from localcloud.ports import LOOPBACK, free_port
from localcloud.processes import Process, spawn, wait_for_http
from localcloud.state import ROOT_ACCESS_KEY, ROOT_SECRET_KEY
from tidewatch.core.errors import Fault

READY_SECONDS = 60.0
ROOT = Credentials(ROOT_ACCESS_KEY, ROOT_SECRET_KEY)


@dataclass(frozen=True)
class Alertmanager:
    """A running Alertmanager. Made by `start`; ended by `stop`, or with this process."""

    url: str
    process: Process

    def stop(self) -> None:
        """End the process. Silences and the notification log stay on disk."""
        self.process.terminate()


def start(  # noqa: PLR0913, PLR0917 - what AMP knows of its surroundings
    workspace_id: str,
    home: Path,
    definition_yaml: str,
    sns_api_url: str,
    region: str,
    pagerduty_url: str,
    secrets: Callable[[str], str],
    credentials: Credentials = ROOT,
) -> Alertmanager:
    """Start a workspace's Alertmanager and wait until it is ready.

    `secrets` gives the value of a secret by its ARN. Everything is kept under
    `home/alertmanager/<workspace_id>`. DefinitionError where AMP, or Alertmanager's own checker,
    refuses the definition.
    """
    found = tools.find()
    home = home.resolve() / "alertmanager" / workspace_id
    surroundings = Surroundings(sns_api_url, region, pagerduty_url, secrets, credentials)
    config = _write_config(definition_yaml, surroundings, home, found.amtool)
    address = f"{LOOPBACK}:{free_port()}"
    process = spawn(
        found.alertmanager.command(*_flags(config, home, address)),
        cwd=found.alertmanager.folder or home,
        environment={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home)},
        log=home / "alertmanager.log",
    )
    server = Alertmanager(f"http://{address}", process)
    try:
        wait_for_http(f"{server.url}/-/ready", process, READY_SECONDS)
    except BaseException:
        server.stop()
        raise
    return server


def _write_config(
    definition_yaml: str, surroundings: Surroundings, home: Path, checker: tools.Tool
) -> Path:
    document = render(definition_yaml, surroundings, home / "templates")
    home.mkdir(parents=True, exist_ok=True)
    file = home / "alertmanager.yml"
    # It holds the PagerDuty key: for this user's eyes only.
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(document, allow_unicode=True))
    try:
        checker.run("check-config", str(file))
    except tools.ToolError as error:
        fault = error.faults[0]
        raise DefinitionError(
            Fault(
                "alertmanager_config",
                fault.found,
                "what amtool accepts",
                "correct the alert manager definition",
            )
        ) from None
    return file


def _flags(config: Path, home: Path, address: str) -> list[str]:
    return [
        f"--config.file={config}",
        f"--storage.path={home / 'data'}",
        f"--web.listen-address={address}",
        f"--web.external-url=http://{address}",
        # Empty: one instance, so no gossip, which would listen on every interface.
        "--cluster.listen-address=",
        "--log.level=info",
    ]
