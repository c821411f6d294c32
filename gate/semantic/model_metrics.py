"""The metrics that our models' files add to those of the catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from gate.reading import mapping

_MODELS = Path(__file__).resolve().parents[2] / "config" / "models"


@cache
def metrics_of_models() -> frozenset[str]:
    """Their names, of all models together."""
    found: set[str] = set()
    for path in sorted(_MODELS.glob("*.yaml")):
        document = mapping(yaml.safe_load(path.read_text(encoding="utf-8")))
        found.update(mapping(mapping(document.get("monitoring")).get("metrics")))
    return frozenset(found)
