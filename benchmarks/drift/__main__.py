"""`python -m benchmarks.drift`: measures, and writes `docs/false-alarms.md` and its picture.

SIZE=small shows in a minute or two that all of it runs, and writes into `.bench/drift` only.
Every round is kept as it ends: `--resume` goes on where a run was stopped, `--render` only makes
the document from the rounds there are.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from benchmarks.drift import document, picture
from benchmarks.drift.measured import Measured
from benchmarks.drift.plan import PLANS
from benchmarks.drift.run import measure
from benchmarks.speed.machine import description

BENCH = Path(".bench/drift")
SHOWN = ("Processor", "Cores", "Python", "Date", "Packages")


def main() -> int:
    """Runs the benchmark of the size that the environment names."""
    size = os.environ.get("SIZE", "full")
    if size not in PLANS:
        print(f"SIZE is {size!r}; expected one of {', '.join(PLANS)}", file=sys.stderr)
        return 64
    kept = BENCH / size / "rounds.jsonl"
    if not {"--render", "--resume"} & set(sys.argv):
        kept.unlink(missing_ok=True)
    if "--render" not in sys.argv:
        measure(PLANS[size], kept)
    measured = Measured.from_lines(kept.read_text(encoding="utf-8").splitlines())
    folder = Path() if size == "full" else BENCH / size
    if size != "full":
        (folder / document.DOCUMENT).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(document.DOCUMENT, folder / document.DOCUMENT)
    facts = description()
    machine = "; ".join(f"{name}: {facts[name]}" for name in SHOWN) + "."
    document.write(measured, machine, folder)
    picture.draw(measured.tally, folder / document.PICTURE)
    print(f"wrote {folder / document.DOCUMENT} and {folder / document.PICTURE}")
    return 0


sys.exit(main())
