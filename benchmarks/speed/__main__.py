"""`make bench`: make the data, measure the engine, the peers and the parser, write the page.

Each step is a process of its own: the one that measures must stay light, and so does not import
what makes data or draws.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benchmarks.speed.datasets import ROOT
from benchmarks.speed.size import FULL, SIZES, Size


def steps(size: Size, slow_rounds: int) -> list[list[str]]:
    """The programs and their arguments, in their order."""
    captured = str(size.folder / "capture.json")
    return [
        ["benchmarks.speed.generate", size.name],
        ["benchmarks.speed.run", size.name, "--slow-rounds", str(slow_rounds)],
        [
            *("benchmarks.capture", "--records", str(size.records)),
            *("--rounds", str(size.repeats), "--out", captured),
        ],
        ["benchmarks.speed.render", size.name],
    ]


def _succeeds(step: list[str]) -> bool:
    done = subprocess.run([sys.executable, "-m", *step], cwd=ROOT, check=False)  # noqa: S603 - ours
    return done.returncode == 0


def main() -> int:
    """Run every step, and say what it took; 1 where one failed: its figures are then missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default=FULL.name)
    parser.add_argument(
        "--slow-rounds",
        type=int,
        default=2,
        help="rounds that those take part in that need a minute",
    )
    given = parser.parse_args()
    size = SIZES[given.size]
    started = time.monotonic()
    failed = [step[0] for step in steps(size, given.slow_rounds) if not _succeeds(step)]
    print(f"took       {(time.monotonic() - started) / 60:.1f} minutes", flush=True)
    if failed:
        print(f"failed     {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
