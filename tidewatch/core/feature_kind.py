"""The two kinds of feature."""

from enum import StrEnum


class FeatureKind(StrEnum):
    """How a feature is binned and compared."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
