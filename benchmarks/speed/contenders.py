"""What runs: every program that is measured, by the name that its figures are kept under."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.speed.datasets import Dataset
from benchmarks.speed.environments import OWN, python_of
from benchmarks.speed.size import Size

VERDICTS = frozenset({0, 1, 2, 3})
"""Exit codes of `tidewatch drift` that are answers: ok, warning, critical, insufficient data."""


WHYLOGS_PROFILE = "reference.whylogs.bin"


@dataclass(frozen=True)
class Contender:
    """One command. `rows` are the current rows that it reads; `answer` the file it writes.

    With `prints`, its answer is what it prints. `startup` is a command that starts and imports
    the same and does nothing. `slow` ones run for a minute or so at full size: their memory is
    sampled while they are timed, that of all others in a run of its own.
    """

    key: str
    name: str
    command: tuple[str, ...]
    rows: int
    startup: tuple[str, ...] = ()
    environment: str = OWN
    answers: frozenset[int] = frozenset({0})
    answer: Path | None = None
    prints: bool = False
    slow: bool = False


@dataclass(frozen=True)
class Preparation:
    """A command that has to run once, untimed, before some contenders can."""

    made: Path
    command: tuple[str, ...]
    environment: str = OWN


def baseline_of(reference: Dataset, size: Size) -> Path:
    """Where the stored baseline of a dataset lies."""
    return size.folder / f"{reference.name}.baseline.json"


def tidewatch(*arguments: str) -> tuple[str, ...]:
    """The engine's command line."""
    return (str(python_of(OWN)), "-m", "tidewatch", *arguments)


def stored(key: str, name: str, reference: Dataset, current: Dataset, size: Size) -> Contender:
    """The engine on some window against a stored baseline."""
    window = str(current.path(size.folder))
    baseline = str(baseline_of(reference, size))
    return Contender(
        key=key,
        name=name,
        command=tidewatch("drift", "--baseline", baseline, window, "--json"),
        rows=current.all_rows,
        startup=tidewatch("--help"),
        answers=VERDICTS,
        answer=_answer(size, key),
        prints=True,
    )


def own(size: Size) -> Iterator[Contender]:
    """The engine in its three ways, on one file and on ten."""
    reference, current = size.reference.path(size.folder), size.current.path(size.folder)
    yield stored("tidewatch", "Tidewatch, stored baseline", size.reference, size.current, size)
    for key, name, options in (
        ("tidewatch-both", "Tidewatch, reference and current", ()),
        ("tidewatch-exact", "Tidewatch, reference and current, `--exact`", ("--exact",)),
    ):
        yield Contender(
            key=key,
            name=name,
            command=tidewatch("drift", str(reference), str(current), "--json", *options),
            rows=size.current.all_rows,
            startup=tidewatch("--help"),
            answers=VERDICTS,
            answer=_answer(size, key),
            prints=True,
        )
    yield _first_run(size)
    yield Contender(
        key="baseline",
        name="`tidewatch baseline`",
        command=tidewatch("baseline", str(reference), "-o", str(size.folder / "again.json")),
        rows=size.reference.all_rows,
        startup=tidewatch("--help"),
    )
    yield stored("tidewatch-ten", "Tidewatch, stored baseline", size.reference, size.ten, size)


def _first_run(size: Size) -> Contender:
    """The engine where nothing is compiled yet, as on a new machine."""
    name = "Tidewatch, stored baseline, first run on a machine"
    contender = stored("tidewatch-first", name, size.reference, size.current, size)
    fresh = 'rm -rf "$1" && NUMBA_CACHE_DIR="$1" && export NUMBA_CACHE_DIR && shift && exec "$@"'
    compiled = str(size.folder / "compiled")
    return replace(contender, command=("/bin/sh", "-c", fresh, "sh", compiled, *contender.command))


def peers(size: Size) -> Iterator[Contender]:
    """Everything else that reads the same rows."""
    yield _peer("polars-scan", "Polars scan (floor)", size, "polars")
    yield _peer("duckdb-scan", "DuckDB scan (floor)", size)
    yield _peer("scipy-pandas", "SciPy over pandas", size, slow=True)
    yield _peer("evidently-statistics", "Evidently, the same statistics", size, slow=True)
    yield _peer("evidently-preset", "Evidently, default preset", size, slow=True)
    yield _peer("nannyml-drift", "NannyML, all its methods", size, "nannyml", slow=True)
    yield _peer("whylogs-drift", "whylogs, both profiled", size, "whylogs", slow=True)
    whylogs = _peer("whylogs-drift", "whylogs, stored profile", size, "whylogs", slow=True)
    yield _with_stored_profile(whylogs, size)


def _with_stored_profile(whylogs: Contender, size: Size) -> Contender:
    reference = str(size.reference.path(size.folder))
    answer = _answer(size, "whylogs-stored")
    swapped = {reference: str(size.folder / WHYLOGS_PROFILE), str(whylogs.answer): str(answer)}
    command = tuple(swapped.get(part, part) for part in whylogs.command)
    return replace(whylogs, key="whylogs-stored", command=command, answer=answer)


def floors_of_ten(size: Size) -> Iterator[Contender]:
    """The plain scans of ten files."""
    yield _peer("polars-scan-ten", "Polars scan (floor)", size, "polars", current=size.ten)
    yield _peer("duckdb-scan-ten", "DuckDB scan (floor)", size, current=size.ten)


def preparations(size: Size) -> Iterator[Preparation]:
    """The stored baselines."""
    references = [size.reference]
    references += [size.of_width(width)[0] for width in size.widths]
    references += [size.of_cardinality(distinct)[0] for distinct in size.cardinalities]
    for reference in references:
        made = baseline_of(reference, size)
        data = str(reference.path(size.folder))
        yield Preparation(made, tidewatch("baseline", data, "-o", str(made)))
    profile = size.folder / WHYLOGS_PROFILE
    program = (*_program("whylogs_profile", "whylogs"), str(size.reference.path(size.folder)))
    yield Preparation(profile, (*program, "--out", str(profile)), "whylogs")


def _peer(
    key: str,
    name: str,
    size: Size,
    environment: str = OWN,
    *,
    current: Dataset | None = None,
    slow: bool = False,
) -> Contender:
    window = current or size.current
    program = _program(key.removesuffix("-ten").replace("-", "_"), environment)
    paths = (str(size.reference.path(size.folder)), str(window.path(size.folder)))
    answer = _answer(size, key)
    return Contender(
        key=key,
        name=name,
        command=(*program, *paths, "--out", str(answer)),
        rows=window.all_rows,
        startup=(*program, "--startup"),
        environment=environment,
        answer=answer,
        slow=slow,
    )


def _program(name: str, environment: str) -> tuple[str, ...]:
    return (str(python_of(environment)), "-m", f"benchmarks.speed.peers.{name}")


def _answer(size: Size, key: str) -> Path:
    return size.folder / "answers" / f"{key}.json"
