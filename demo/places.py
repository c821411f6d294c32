"""Where the demo keeps things: all below one folder, by default `.demo/` in the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The project's folder, and the one that the demo writes to."""

    project: Path
    home: Path

    @classmethod
    def of_project(cls) -> Places:
        """The places of the project that this file belongs to."""
        project = Path(__file__).resolve().parents[1]
        return cls(project, project / ".demo")

    @property
    def cloud(self) -> Path:
        """The local cloud's state and logs."""
        return self.home / "cloud"

    @property
    def running(self) -> Path:
        """What is running, for `stop`."""
        return self.home / "running.json"

    @property
    def outputs(self) -> Path:
        """The deployed stacks' outputs."""
        return self.home / "outputs.json"

    @property
    def summary(self) -> Path:
        """What happened, as JSON."""
        return self.home / "summary.json"

    @property
    def raw(self) -> Path:
        """The example's raw data."""
        return self.project / "examples" / "flights"

    @property
    def cdk(self) -> Path:
        """The pinned CDK CLI."""
        return self.project / "node_modules" / ".bin" / "cdk"
