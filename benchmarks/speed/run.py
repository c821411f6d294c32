"""Measure every contender, one at a time, in rounds: `python -m benchmarks.speed.run SIZE`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.speed import environments
from benchmarks.speed.contenders import (
    Contender,
    Preparation,
    floors_of_ten,
    own,
    peers,
    preparations,
)
from benchmarks.speed.datasets import ROOT
from benchmarks.speed.growth import binned_baselines, series
from benchmarks.speed.machine import description
from benchmarks.speed.measure import Usage, measure
from benchmarks.speed.results import Figures, Results
from benchmarks.speed.size import SIZES, Size

OFTEN = 0.005
SELDOM = 0.1
"""Seconds between two looks at the memory of a quick contender and of a slow one."""

ENVIRONMENT = {
    "NML_DISABLE_USAGE_LOGGING": "1",
    "WHYLOGS_NO_ANALYTICS": "True",
    "DO_NOT_TRACK": "1",
    "PYTHONDONTWRITEBYTECODE": "",
}
"""Peers that would report home are told not to; bytecode is kept, as in an installation."""


def contenders(size: Size) -> list[Contender]:
    """All contenders, each once: the engine's, the peers, the points of growth."""
    grown = [point.contender for one in series(size) for point in one.points]
    every = [*own(size), *peers(size), *floors_of_ten(size), *grown]
    return list({contender.key: contender for contender in every}.values())


class Session:
    """One run of the benchmark; its results are kept after every round."""

    def __init__(self, size: Size, slow_rounds: int, only: frozenset[str]) -> None:
        self._size = size
        self._slow_rounds = min(slow_rounds, size.repeats)
        # A part of the contenders is no run of the benchmark: its figures are kept apart.
        self._place = size.folder / ("some.json" if only else "results.json")
        self._contenders = [c for c in contenders(size) if not only or c.key in only]
        self._broken: dict[str, str] = {}
        self._results = Results(description())

    def prepare(self) -> None:
        """Build the environments and the stored baselines."""
        (self._size.folder / "answers").mkdir(parents=True, exist_ok=True)
        for environment in sorted({contender.environment for contender in self._contenders}):
            try:
                environments.build(environment)
            except environments.EnvironmentFaultError as error:
                self._broken[environment] = f"does not install: {error}"
        needed = {part for contender in self._contenders for part in contender.command}
        for preparation in [*preparations(self._size), *binned_baselines(self._size)]:
            if str(preparation.made) in needed and preparation.environment not in self._broken:
                _prepare(preparation)

    def measure(self) -> None:
        """Start-ups and times in interleaved rounds, then the memory of what is quick."""
        started = {
            "Load before the start": self._results.machine["Load before the start"],
            "Repetitions": f"{self._size.repeats}; {self._slow_rounds} of what needs a minute",
        }
        for number in range(1, self._size.repeats + 1):
            title = f"round {number}/{self._size.repeats}"
            self._start(title)
            some = [c for c in self._contenders if number <= self._slow_rounds or not c.slow]
            for contender, figures in self._each(some):
                every = SELDOM if contender.slow else None
                _note(title, contender, figures, _run(contender, every))
            self._keep()
        for contender, figures in self._each(c for c in self._contenders if not c.slow):
            _note("memory", contender, figures, _run(contender, OFTEN))
        self._results.machine = description() | started
        self._keep()

    def _start(self, title: str) -> None:
        """Time each start-up once, however many contenders share it."""
        known: dict[tuple[str, ...], Usage] = {}
        for contender, figures in self._each(c for c in self._contenders if c.startup):
            if contender.startup not in known:
                used = measure(contender.startup, folder=ROOT, environment=ENVIRONMENT)
                known[contender.startup] = used
                _say(title, f"{contender.key}, start-up", used)
            figures.startups.append(known[contender.startup])

    def _each(self, some: Iterable[Contender]) -> Iterator[tuple[Contender, Figures]]:
        """Those that have not failed, each with its figures."""
        for contender in some:
            figures = self._results.of(contender)
            figures.failure = figures.failure or self._broken.get(contender.environment, "")
            if not figures.failure:
                yield contender, figures

    def _keep(self) -> None:
        self._results.write(self._place)


def _prepare(preparation: Preparation) -> None:
    preparation.made.unlink(missing_ok=True)
    used = measure(preparation.command, folder=ROOT, environment=ENVIRONMENT)
    _say("prepared", preparation.made.name, used)
    if used.exit_code:
        preparation.made.unlink(missing_ok=True)


def _run(contender: Contender, sample_every: float | None) -> Usage:
    if contender.answer:
        contender.answer.unlink(missing_ok=True)
    printed: Path | None = contender.answer if contender.prints else None
    return measure(
        contender.command,
        folder=ROOT,
        environment=ENVIRONMENT,
        sample_every=sample_every,
        printed=printed,
    )


def _note(title: str, contender: Contender, figures: Figures, used: Usage) -> None:
    _say(title, contender.key, used)
    figures.failure = _failure(contender, used)
    if figures.failure:
        print(f"{'':10s} {contender.key} fails: {figures.failure}", flush=True)
        if contender.answer:
            contender.answer.unlink(missing_ok=True)
    elif title == "memory":
        figures.sampled.append(used)
    else:
        figures.timed.append(used)


def _failure(contender: Contender, used: Usage) -> str:
    """Why a run does not count; empty where it does."""
    if used.exit_code not in contender.answers:
        return used.error or f"exit code {used.exit_code}"
    if contender.answer and not _is_answer(contender.answer):
        return used.error or "gave no answer"
    return ""


def _is_answer(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return False


def _say(title: str, name: str, used: Usage) -> None:
    words = f"{used.cpu:8.2f} s CPU {used.wall:8.2f} s {used.process_memory:7.0f} MiB"
    print(f"{title:10s} {name:34s} {words}", flush=True)


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--slow-rounds", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[], help="keys of contenders; else all")
    given = parser.parse_args()
    session = Session(SIZES[given.size], given.slow_rounds, frozenset(given.only))
    session.prepare()
    session.measure()


if __name__ == "__main__":
    main()
