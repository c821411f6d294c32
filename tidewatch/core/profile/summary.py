"""The profile of a set of rows: one summary a feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile.categorical import CategoricalProfile
from tidewatch.core.profile.document import malformed, read_document, write_document
from tidewatch.core.profile.numeric import NumericProfile

FeatureProfile: TypeAlias = NumericProfile | CategoricalProfile

FORMAT = "tidewatch-profile"
VERSION = 2
WITHOUT_DISTINCT = 1
"""The version before distinct values were counted; it is read as if none had been."""


@dataclass(frozen=True, eq=False)
class Profile:
    """How many rows were seen, and what each feature held."""

    rows: int
    features: Mapping[str, FeatureProfile]

    @property
    def kinds(self) -> dict[str, FeatureKind]:
        """Each feature's kind."""
        return {name: feature.kind for name, feature in self.features.items()}

    def to_json(self) -> bytes:
        """The profile as JSON of format `tidewatch-profile`, version 2."""
        return write_document(FORMAT, VERSION, self.to_document())

    @classmethod
    def from_json(cls, data: bytes) -> Profile:
        """The inverse of `to_json`; reads version 1 too. Raises BaselineError on anything else."""
        return cls.from_document(read_document(data, FORMAT, WITHOUT_DISTINCT, VERSION))

    def to_document(self) -> dict[str, Any]:
        """The profile as JSON-ready data."""
        features = {name: feature.to_document() for name, feature in self.features.items()}
        return {"rows": self.rows, "features": features}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Profile:
        """The inverse of `to_document`. Raises BaselineError on other data."""
        try:
            features = {name: _feature(item) for name, item in document["features"].items()}
            return cls(int(document["rows"]), features)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise malformed(FORMAT, f"{type(error).__name__}: {error}") from error


def _feature(document: Mapping[str, Any]) -> FeatureProfile:
    if FeatureKind(document["kind"]) is FeatureKind.NUMERIC:
        return NumericProfile.from_document(document)
    return CategoricalProfile.from_document(document)
