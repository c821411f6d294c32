"""Typed configuration: one stage, many models, validated whole."""

from tidewatch.core.config.load import (
    Config,
    load_config,
    load_model,
    load_stage,
    read_model_document,
)
from tidewatch.core.config.model import (
    ModelConfig,
    Monitoring,
    Retraining,
    Serving,
    Training,
    Tuning,
)
from tidewatch.core.config.stage import Alerting, StageConfig
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.thresholds import Limit, Thresholds

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
