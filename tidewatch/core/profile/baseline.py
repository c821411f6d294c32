"""A baseline: what a version was trained on, and how well it did there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidewatch.core.profile.document import malformed, read_document, write_document
from tidewatch.core.profile.summary import Profile

FORMAT = "tidewatch-baseline"
VERSION = 1

SCORE = "score"
"""The name of the one feature in a profile of scores."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """The profiles and the scores that every window of one version is compared with.

    `features` profiles the training and validation rows, `score` the scores on the validation
    rows (one numeric feature, `SCORE`). `scores` are the quality metrics there, as
    `BinaryScores.as_dict` gives them; `trained_on` says which rows: start, end and count.
    """

    features: Profile
    score: Profile
    scores: Mapping[str, Any]
    trained_on: Mapping[str, Any]

    def to_json(self) -> bytes:
        """The baseline as JSON of format `tidewatch-baseline`, version 1."""
        return write_document(
            FORMAT,
            VERSION,
            {
                "features": self.features.to_document(),
                "score": self.score.to_document(),
                "scores": self.scores,
                "trained_on": self.trained_on,
            },
        )

    @classmethod
    def from_json(cls, data: bytes) -> Baseline:
        """The inverse of `to_json`. Raises BaselineError on anything else."""
        document = read_document(data, FORMAT, VERSION)
        for name in ("features", "score", "scores", "trained_on"):
            if not isinstance(document.get(name), dict):
                raise malformed(FORMAT, f"no {name}")
        return cls(
            features=Profile.from_document(document["features"]),
            score=Profile.from_document(document["score"]),
            scores=document["scores"],
            trained_on=document["trained_on"],
        )
