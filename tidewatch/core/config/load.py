"""Reads configuration files and reports every fault in them at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from tidewatch.core.config.base import Section
from tidewatch.core.config.model import ModelConfig
from tidewatch.core.config.stage import StageConfig
from tidewatch.core.errors import ConfigError, Fault

S = TypeVar("S", bound=Section)

_REMEDIES = {"missing": "add the key", "extra_forbidden": "remove the key or correct its name"}
_LONGEST_VALUE_SHOWN = 60


@dataclass(frozen=True)
class Config:
    """A stage and the models it deploys."""

    stage: StageConfig
    models: tuple[ModelConfig, ...]


def load_config(folder: Path, stage: str) -> Config:
    """The stage `stage` and its models from `folder`.

    Raises ConfigError with every fault of every file.
    """
    stage_config = load_stage(folder, stage)
    models: list[ModelConfig] = []
    faults: list[Fault] = []
    for name in stage_config.models:
        try:
            models.append(load_model(folder, name))
        except ConfigError as error:
            faults.extend(error.faults)
    if faults:
        raise ConfigError(*faults)
    return Config(stage_config, tuple(models))


def load_stage(folder: Path, name: str) -> StageConfig:
    """The stage `name`. Raises ConfigError with every fault in its file."""
    return _parse(_path(folder / "stages", name), name, StageConfig)


def load_model(folder: Path, name: str) -> ModelConfig:
    """The model `name`, its SQL read in. Raises ConfigError with every fault in its files."""
    return _parse(_path(folder / "models", name), name, ModelConfig)


def read_model_document(folder: Path) -> ModelConfig:
    """The model that a job works for: the one JSON file in `folder`, as the stacks wrote it."""
    documents = sorted(folder.glob("*.json"))
    if len(documents) != 1:
        raise ConfigError(
            Fault(
                where=str(folder),
                found=f"{len(documents)} JSON files",
                expected="one model document",
                remedy="give the job its model document as input",
            )
        )
    try:
        return ModelConfig.model_validate_json(documents[0].read_bytes())
    except ValidationError as error:
        raise ConfigError(*_faults(documents[0], error)) from error


def _path(folder: Path, name: str) -> Path:
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml"))) or "none"
        raise ConfigError(
            Fault(str(path), "no such file", f"one of: {known}", "name a file that exists")
        )
    return path


def _parse(path: Path, name: str, kind: type[S]) -> S:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigError(Fault(str(path), "invalid YAML", "YAML", str(error))) from error
    if not isinstance(data, dict):
        raise ConfigError(
            Fault(str(path), type(data).__name__, "a mapping", f"see the fields of {kind.__name__}")
        )
    faults = [] if data.get("name") == name else [_misnamed(path, data.get("name"), name)]
    try:
        section = kind.model_validate(_with_sql(path, data))
    except ValidationError as error:
        raise ConfigError(*faults, *_faults(path, error)) from error
    if faults:
        raise ConfigError(*faults)
    return section


def _with_sql(path: Path, data: dict[str, object]) -> dict[str, object]:
    """Replaces the name of the SQL file in `prepare` by its text."""
    name = data.get("prepare")
    if not isinstance(name, str) or not name.endswith(".sql"):
        return data
    sql = path.parent / name
    if not sql.is_file():
        raise ConfigError(
            Fault(f"{path}: prepare", name, "an SQL file beside the model's", "create it")
        )
    return {**data, "prepare": sql.read_text(encoding="utf-8")}


def _misnamed(path: Path, found: object, name: str) -> Fault:
    return Fault(f"{path}: name", repr(found), repr(name), "a file is named for what it holds")


def _faults(path: Path, error: ValidationError) -> list[Fault]:
    return [
        Fault(
            where=f"{path}: {'.'.join(str(part) for part in item['loc']) or '(whole file)'}",
            found=_short(item["input"]) if item["type"] != "missing" else "nothing",
            expected=item["msg"].removeprefix("Value error, "),
            remedy=_REMEDIES.get(item["type"], "mend the value"),
        )
        for item in error.errors()
    ]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE_SHOWN else f"{text[: _LONGEST_VALUE_SHOWN - 1]}…"
