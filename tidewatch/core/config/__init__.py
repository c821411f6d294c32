"""Typed configuration: one stage, many models, validated whole."""

from tidewatch.core.config.load import (
    Config,
    load_config,
    load_model,
    load_stage,
    read_model_document,
)
from tidewatch.core.config.model import (
    FeatureKind,
    Limit,
    ModelConfig,
    Monitoring,
    Retraining,
    Serving,
    Thresholds,
    Training,
    Tuning,
)
from tidewatch.core.config.stage import Alerting, StageConfig

__all__ = [
    "Alerting",
    "Config",
    "FeatureKind",
    "Limit",
    "ModelConfig",
    "Monitoring",
    "Retraining",
    "Serving",
    "StageConfig",
    "Thresholds",
    "Training",
    "Tuning",
    "load_config",
    "load_model",
    "load_stage",
    "read_model_document",
]
