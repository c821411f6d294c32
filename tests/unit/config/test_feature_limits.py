"""Limits that the model's file gives single features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from tidewatch.core.config import Limit, ModelConfig

FLIGHTS = yaml.safe_load(Path("config/models/flights.yaml").read_text(encoding="utf-8"))


def parsed(features: dict[str, Any]) -> ModelConfig:
    thresholds = {**FLIGHTS["monitoring"].get("thresholds", {}), "features": features}
    return ModelConfig.model_validate(
        {**FLIGHTS, "monitoring": {**FLIGHTS["monitoring"], "thresholds": thresholds}}
    )


def test_a_feature_of_the_model_may_have_its_own_limits() -> None:
    name = next(iter(FLIGHTS["features"]))
    found = parsed({name: {"psi": {"warning": 0.02, "critical": 0.04}}}).monitoring.thresholds
    assert found.of(name).psi == Limit(warning=0.02, critical=0.04)


def test_limits_of_a_feature_that_is_none_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"thresholds of the model's features.*nowhere"):
        parsed({"nowhere": {"psi": {"warning": 0.02, "critical": 0.04}}})
