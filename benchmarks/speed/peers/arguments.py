"""What every peer is told, and how it answers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NUMERIC = tuple(f"n{i:02d}" for i in range(20))
CATEGORICAL = tuple(f"c{i:02d}" for i in range(10))

Findings = Mapping[str, Mapping[str, float | bool]]
"""Statistics by feature: `ks`, `ks_p_value`, `wasserstein`, `psi`, …, and `drifted`."""


@dataclass(frozen=True)
class Arguments:
    """`reference` and `current` are Parquet files, or `current` a folder of them."""

    reference: Path
    current: Path
    out: Path | None

    def answer(self, findings: Findings) -> None:
        """Write the findings where they were asked for."""
        if self.out:
            self.out.write_text(json.dumps(findings), encoding="utf-8")


def arguments() -> Arguments:
    """The command line. With `--startup` the process ends here: it has imported all it needs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("reference", type=Path, nargs="?", default=Path())
    parser.add_argument("current", type=Path, nargs="?", default=Path())
    parser.add_argument("--out", type=Path)
    parser.add_argument("--startup", action="store_true", help="import, and do nothing")
    known = parser.parse_args()
    if known.startup:
        sys.exit()
    return Arguments(known.reference, known.current, known.out)
