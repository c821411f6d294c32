"""Write the page: figures and pictures go between its markers, the words around them stay.

`python -m benchmarks.speed.render SIZE`. A marked part begins with `<!-- measured: NAME -->` and
ends with `<!-- end -->`. The full size writes `docs/performance.md`, any other a copy beside its
results.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from pathlib import Path

from benchmarks.capture.result import read_results
from benchmarks.speed import pictures, tables
from benchmarks.speed.accuracy import errors
from benchmarks.speed.contenders import floors_of_ten, own, peers
from benchmarks.speed.datasets import ROOT
from benchmarks.speed.goals import as_table, goals
from benchmarks.speed.growth import series
from benchmarks.speed.results import Results
from benchmarks.speed.size import FULL, SIZES, Size

PAGE = ROOT / "docs" / "performance.md"
OF_ONE_FILE = ("tidewatch", "tidewatch-first", "tidewatch-both", "tidewatch-exact")
PART = re.compile(r"(<!-- measured: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(page: str, parts: Mapping[str, str]) -> str:
    r"""The page with every marked part replaced. Raises KeyError on a part that is not known.

    >>> fill("a\n<!-- measured: x -->\nold\n<!-- end -->\nb", {"x": "new"})
    'a\n<!-- measured: x -->\n\nnew\n\n<!-- end -->\nb'
    """
    return PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]}\n\n{found[3]}", page)


def parts(size: Size, results: Results) -> dict[str, str]:
    """Every marked part, by name."""
    engine = {contender.key: contender for contender in own(size)}
    first, ten = engine["tidewatch"], engine["tidewatch-ten"]
    one_file = [engine[key] for key in OF_ONE_FILE]
    parsed = read_results(size.folder / "capture.json")
    made = {
        "machine": tables.machine(results),
        "goals": as_table(goals(results, parsed)),
        "one-file": tables.contest([*one_file, *peers(size)], results, first),
        "ten-files": tables.contest([ten, *floors_of_ten(size)], results, ten),
        "baseline": tables.contest([engine["baseline"]], results, first),
        "accuracy": tables.accuracy(errors(size)),
        "capture": tables.captured(parsed),
    }
    grown = {f"growth-{one.key}": tables.growth(one, results) for one in series(size)}
    return made | grown


def draw(size: Size, results: Results, folder: Path) -> None:
    """All pictures."""
    engine = [contender for contender in own(size) if contender.rows == size.current.all_rows]
    some = [c for c in [*engine, *peers(size)] if c.key != "baseline"]
    pictures.cost(some, results, folder / "speed-one-file.svg")
    pictures.growth(series(size), results, folder / "speed-growth-time.svg", memory=False)
    pictures.growth(series(size), results, folder / "speed-growth-memory.svg", memory=True)


def main() -> None:
    """Render one size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("size", choices=SIZES)
    size = SIZES[parser.parse_args().size]
    results = Results.read(size.folder / "results.json")
    page = PAGE if size is FULL else size.folder / PAGE.name
    filled = fill(PAGE.read_text(encoding="utf-8"), parts(size, results))
    page.write_text(filled, encoding="utf-8")
    draw(size, results, page.parent / "pictures")
    print(f"written    {page.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    main()
