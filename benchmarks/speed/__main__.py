"""`make bench`: make the data, measure, write the page.

Each step is a process of its own: the one that measures must stay light, and so does not import
what makes data or draws.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benchmarks.speed.datasets import ROOT
from benchmarks.speed.size import FULL, SIZES

STEPS = ("generate", "run", "render")


def main() -> None:
    """Run every step, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default=FULL.name)
    size = parser.parse_args().size
    started = time.monotonic()
    for step in STEPS:
        command = [sys.executable, "-m", f"benchmarks.speed.{step}", size]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own steps
    print(f"took       {(time.monotonic() - started) / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    main()
