"""A job's settings, read from its environment once and checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tidewatch.core.errors import ConfigError, Fault
from tidewatch.core.window import Window

S = TypeVar("S", bound=BaseModel)

_DUE = "due"


class JobSettings(BaseModel):
    """What every monitoring job is told. A field is the environment variable of its name."""

    model_config = ConfigDict(frozen=True)

    ml_root: Path = Path("/opt/ml")
    endpoint_name: str = Field(min_length=1)
    history_bucket: str = Field(min_length=1)
    remote_write_url: str = Field(min_length=1)
    account_id: str | None = None
    """Where known, every bucket must belong to this account."""

    @property
    def model_folder(self) -> Path:
        """Where the model document is."""
        return self.ml_root / "processing" / "input" / "model"

    @property
    def history(self) -> str:
        """The root of the Delta tables."""
        return f"s3://{self.history_bucket}"


class JudgeSettings(JobSettings):
    """What the jobs that judge windows are told besides."""

    window: Window | None = None
    """Judge this window now; None (or the word `due`) means every window that is due."""
    publish_lease_seconds: int = Field(default=120, ge=0)
    """How long a run may leave judged windows unpublished before another run takes them over."""

    @field_validator("window", mode="before")
    @classmethod
    def _parsed(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return None if value in ("", _DUE) else Window.parse(value)


def read_settings(kind: type[S], environment: Mapping[str, str]) -> S:
    """The settings of `kind` in `environment`. Raises ConfigError with every fault."""
    given = {
        name: environment[name.upper()]
        for name in kind.model_fields
        if environment.get(name.upper())
    }
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise ConfigError(
            *(
                Fault(
                    where=f"environment variable {str(item['loc'][0]).upper()}",
                    found="nothing" if item["type"] == "missing" else repr(item["input"]),
                    expected=item["msg"],
                    remedy="set it in the job's Environment",
                )
                for item in error.errors()
            )
        ) from error
