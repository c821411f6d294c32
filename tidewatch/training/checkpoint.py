"""A trial's way so far: a spot instance may be taken away, and the next one goes on from there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tidewatch.serving.booster import lightgbm

_FILE = "checkpoint.json"
_EVERY = 10


@dataclass(frozen=True)
class Progress:
    """What was boosted so far: the model as text, and each metric after each round."""

    model: str | None = None
    history: dict[str, list[float]] = field(default_factory=dict)

    @property
    def rounds(self) -> int:
        """How many rounds are done."""
        return max(map(len, self.history.values()), default=0)

    def booster(self) -> lightgbm.Booster | None:
        """The model to go on from."""
        return lightgbm.Booster(model_str=self.model) if self.model else None


@dataclass(frozen=True)
class Checkpoints:
    """One trial's checkpoints in `folder`, which SageMaker copies to S3 and back.

    All trials of a tuning job may share the place in S3, so each has a folder of its own.
    """

    folder: Path
    every: int = _EVERY

    def progress(self) -> Progress:
        """What an interrupted attempt left; nothing where there was none."""
        file = self.folder / _FILE
        if not file.is_file():
            return Progress()
        return Progress(**json.loads(file.read_text(encoding="utf-8")))

    def keep(self, progress: Progress) -> None:
        """Put `progress` in the place of what was kept before, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{_FILE}.new"
        unfinished.write_text(json.dumps(vars(progress)), encoding="utf-8")
        unfinished.replace(self.folder / _FILE)

    def keeping(self, before: Progress, history: dict[str, dict[str, list[float]]]) -> Callback:
        """A callback that keeps the progress every few rounds; `history` is LightGBM's record."""

        def keep(environment: Any) -> None:
            done = environment.iteration + 1
            if done % self.every == 0 and done < environment.end_iteration:
                model = environment.model.model_to_string(num_iteration=-1)
                self.keep(Progress(model, joined(before.history, history["validation"])))

        # After the callback that records the metrics.
        keep.order = 30  # type: ignore[attr-defined]
        return keep


Callback = Callable[[Any], None]


def joined(before: dict[str, list[float]], after: dict[str, list[float]]) -> dict[str, list[float]]:
    """Each metric's rounds, those of the attempt before and then those of this one."""
    return {name: [*before.get(name, []), *values] for name, values in after.items()}
