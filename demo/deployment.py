"""Deploys the stacks with the stock CDK CLI, and knows what they made."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from demo.background_cloud import BackgroundCloud
from demo.places import Places
from tidewatch.core.errors import Fault, TidewatchError

_STAGE = "local"


@dataclass(frozen=True)
class Deployment:
    """Names of what was deployed, from the stacks' outputs."""

    outputs: dict[str, dict[str, str]]

    def bucket(self, name: str) -> str:
        """The bucket for `raw`, `artifacts`, `capture`, `history` or `reports`."""
        return self._find("storage", f"{name.capitalize()}Bucket")

    def machine(self, stack: str, output: str = "MachineArn") -> str:
        """A state machine of a model's stack, such as `flights-training`."""
        return self._find(stack, output)

    @property
    def stacks(self) -> list[str]:
        """The stacks' names."""
        return sorted(self.outputs)

    @property
    def endpoint(self) -> str:
        """The flights model's endpoint."""
        return self._find("flights-serving", "EndpointName")

    def _find(self, stack: str, output: str) -> str:
        return self.outputs[f"tidewatch-{_STAGE}-{stack}"][output]


def deploy(
    places: Places, cloud: BackgroundCloud, on_progress: Callable[[str], None]
) -> Deployment:
    """`cdk bootstrap`, `synth` and `deploy --all` against `cloud`. TidewatchError on failure."""
    account = f"aws://{cloud.settings.account}/{cloud.settings.region}"
    context = ["--context", f"stage={_STAGE}"]
    app, bootstrap = places.home / "cdk.out", str(places.home / "bootstrap.out")
    # A stage is an assembly of its own, inside the app's.
    assembly = app / f"assembly-tidewatch-{_STAGE}"
    on_progress("cdk bootstrap, cdk synth")
    # Neither waits for the other.
    with ThreadPoolExecutor() as both:
        started = [
            both.submit(run_cdk, places, cloud, arguments)
            for arguments in (
                ["bootstrap", account, "--output", bootstrap],
                ["synth", "--quiet", *context, "--output", str(app)],
            )
        ]
    for finished in started:
        finished.result()
    on_progress("cdk deploy --all")
    run_cdk(
        places,
        cloud,
        [
            *("deploy", "--all", "--app", str(assembly), "--require-approval", "never"),
            *("--concurrency", "4", "--outputs-file", str(places.outputs)),
        ],
    )
    return Deployment(json.loads(places.outputs.read_text()))


def run_cdk(places: Places, cloud: BackgroundCloud, arguments: list[str]) -> None:
    """Run the stock CLI against `cloud`. TidewatchError with the end of its log on failure."""
    log = places.home / f"cdk-{arguments[0]}.log"
    with log.open("wb") as out:
        code = subprocess.run(  # noqa: S603 - the pinned CLI of the project
            [str(places.cdk), "--ci", "--no-notices", *arguments],
            cwd=places.project,
            env=cloud.environment(),
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if code != 0:
        tail = log.read_text(errors="replace")[-2000:]
        raise TidewatchError(
            Fault(f"cdk {arguments[0]}", f"exit code {code}", "success", f"read {log}:\n{tail}")
        )
