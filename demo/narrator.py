"""Tells what happens, with a progress bar for whatever takes long, and keeps the times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


@dataclass
class Step:
    """One step while it runs."""

    progress: Progress
    task: TaskID
    title: str
    outcome: str = ""

    def now(self, text: str) -> None:
        """Say what the step is doing."""
        self.progress.update(self.task, description=f"{self.title}: {text}")

    def expect(self, total: int) -> None:
        """Say how much there is to do."""
        self.progress.update(self.task, total=total)

    def did(self, amount: int = 1) -> None:
        """Count what was done."""
        self.progress.advance(self.task, amount)

    def result(self, text: str) -> None:
        """Say what came out of it."""
        self.outcome = text


@dataclass
class Narrator:
    """Prints a line a finished step, and remembers how long each took."""

    console: Console = field(default_factory=Console)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """A step of the story; a failed one is marked and its error goes on."""
        began = time.monotonic()
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        ) as progress:
            step = Step(progress, progress.add_task(title, total=None), title)
            try:
                yield step
            except BaseException:
                self.console.print(f"[red]✘[/red] {title}")
                raise
        took = time.monotonic() - began
        self.seconds[title] = round(self.seconds.get(title, 0.0) + took, 1)
        self.console.print(f"[green]✔[/green] {title:<34} {step.outcome} [dim]{took:.1f} s[/dim]")
