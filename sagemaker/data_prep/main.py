"""The data preparation job's program: runs a model's SQL over its raw tables."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tidewatch.core.config import read_model_document
from tidewatch.core.window import Window
from tidewatch.training import job
from tidewatch.training.data_prep import Places, prepare


class Settings(BaseModel):
    """What the environment says: the half-open interval of event time to train on."""

    model_config = ConfigDict(frozen=True)

    ml_root: Path = Field(default=Path("/opt/ml"), alias="ML_ROOT")
    start: AwareDatetime = Field(alias="TRAIN_START")
    end: AwareDatetime = Field(alias="TRAIN_END")

    @property
    def interval(self) -> Window:
        """The interval, in UTC."""
        return Window(_utc(self.start), _utc(self.end))


def main(settings: Settings) -> None:
    """Prepares the sets and prints the summary."""
    processing = settings.ml_root / "processing"
    model = read_model_document(processing / "input" / "model")
    places = Places(raw=processing / "input" / "raw", output=processing / "output")
    print(json.dumps(prepare(model, settings.interval, places)))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


if __name__ == "__main__":
    environment = Settings.model_validate(os.environ)
    job.run(partial(main, environment), environment.ml_root / "output" / "message")
