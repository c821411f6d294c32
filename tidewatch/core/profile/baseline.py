"""A baseline: what a version was trained on, and how well it did there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tidewatch.core.profile.document import malformed, read_document, write_document
from tidewatch.core.profile.summary import Profile
from tidewatch.core.verdict import LearnedNoise, Noise

FORMAT = "tidewatch-baseline"
VERSION = 3
WITHOUT_ESTIMATOR = 2
"""The version before performance was estimated; it is read as a baseline without estimator."""
WITHOUT_NOISE = 1
"""The version before noise was learned; it is read as a baseline that learned none."""

SCORE = "score"
"""The name of the one feature in a profile of scores."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """The profiles and the scores that every window of one version is compared with.

    `features` profiles the training and validation rows, `score` the scores on the validation
    rows (one numeric feature, `SCORE`). `scores` are the quality metrics there, as
    `BinaryScores.as_dict` gives them; `trained_on` says which rows: start, end and count.
    `feature_noise` and `score_noise` are what `learned_noise` made of the windows of those rows.
    `estimator` is the document of the version's estimator of performance (`core.estimate` reads
    it), or None where there is none.
    """

    features: Profile
    score: Profile
    scores: Mapping[str, Any]
    trained_on: Mapping[str, Any]
    feature_noise: LearnedNoise = field(default_factory=dict)
    score_noise: LearnedNoise = field(default_factory=dict)
    estimator: Mapping[str, Any] | None = None

    def to_json(self) -> bytes:
        """The baseline as JSON of format `tidewatch-baseline`, version 3."""
        return write_document(
            FORMAT,
            VERSION,
            {
                "features": self.features.to_document(),
                "score": self.score.to_document(),
                "scores": self.scores,
                "trained_on": self.trained_on,
                "feature_noise": _noise_document(self.feature_noise),
                "score_noise": _noise_document(self.score_noise),
                "estimator": self.estimator,
            },
        )

    @classmethod
    def from_json(cls, data: bytes) -> Baseline:
        """The inverse of `to_json`, which also reads versions 1 and 2.

        Raises BaselineError otherwise.
        """
        document = read_document(data, FORMAT, WITHOUT_NOISE, WITHOUT_ESTIMATOR, VERSION)
        if document["version"] == WITHOUT_NOISE:
            document |= {"feature_noise": {}, "score_noise": {}}
        for name in ("features", "score", "scores", "trained_on", "feature_noise", "score_noise"):
            if not isinstance(document.get(name), dict):
                raise malformed(FORMAT, f"no {name}")
        if not isinstance(document.get("estimator"), dict | None):
            raise malformed(FORMAT, "an estimator that is no document")
        return cls(
            features=Profile.from_document(document["features"]),
            score=Profile.from_document(document["score"]),
            scores=document["scores"],
            trained_on=document["trained_on"],
            feature_noise=_read_noise(document["feature_noise"]),
            score_noise=_read_noise(document["score_noise"]),
            estimator=document.get("estimator"),
        )


def _noise_document(learned: LearnedNoise) -> dict[str, Any]:
    return {
        feature: {metric: asdict(noise) for metric, noise in metrics.items()}
        for feature, metrics in learned.items()
    }


def _read_noise(document: Mapping[str, Any]) -> LearnedNoise:
    try:
        return {
            feature: {
                metric: Noise(float(noise["expected"]), float(noise["ceiling"]))
                for metric, noise in metrics.items()
            }
            for feature, metrics in document.items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise malformed(FORMAT, f"learned noise: {type(error).__name__}: {error}") from error
