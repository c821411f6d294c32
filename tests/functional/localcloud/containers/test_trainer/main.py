"""A training program: its objective is a parabola over two hyperparameters."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

ML = Path(os.environ["ML_ROOT"])


def main() -> None:
    """Train, as the hyperparameter `mode` says."""
    config = ML / "input/config"
    given: dict[str, str] = json.loads((config / "hyperparameters.json").read_text())
    mode = given.get("mode", "train")
    if mode == "fail":
        (ML / "output/failure").write_text("the label column is constant")
        sys.exit(1)
    if mode == "wait":
        signal.signal(signal.SIGTERM, save_and_exit)
        print("waiting", flush=True)
        time.sleep(300)
    x, y = float(given.get("x", "0.5")), float(given.get("y", "3"))
    rate = given.get("rate", "slow")
    for epoch in (1, 2):
        print(f"epoch {epoch} validation:score={1 - (x - 0.3) ** 2 - (y - 7) ** 2 / 100}")
    if mode == "silent":
        print("no metric at all")
    found: dict[str, Any] = {
        "hyperparameters": given,
        "channels": sorted(
            path.relative_to(ML / "input/data").as_posix()
            for path in (ML / "input/data").rglob("*")
            if path.is_file()
        ),
        "input": json.loads((config / "inputdataconfig.json").read_text()),
        "resources": json.loads((config / "resourceconfig.json").read_text()),
        "environment": dict(os.environ),
        "arguments": sys.argv[1:],
        "rate": rate,
    }
    (ML / "model/model.json").write_text(json.dumps(found))
    (ML / "output/data/report.txt").write_text("a report")


def save_and_exit(*_: object) -> None:
    """What a good program does on SIGTERM."""
    (ML / "model/model.json").write_text('{"interrupted": true}')
    sys.exit(0)


if __name__ == "__main__":
    main()
