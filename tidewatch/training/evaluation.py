"""Evaluation: a version's scores, and the baseline that monitoring compares with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tidewatch.core.artifact.encoding import Encoder
from tidewatch.core.artifact.signature import Signature
from tidewatch.core.config import FeatureKind, ModelConfig
from tidewatch.core.errors import DataError, Fault
from tidewatch.core.learned_noise import learn_noise, window_profiles
from tidewatch.core.performance import Scorer, Scores
from tidewatch.core.profile import SCORE, Baseline, Profile, reference_profile
from tidewatch.core.verdict import LearnedNoise
from tidewatch.serving.artifact import find_archive, unpack_artifact
from tidewatch.serving.model import Model, load_model
from tidewatch.training.dataset import Sets, labels
from tidewatch.training.learn_estimator import learn_estimator

BASELINE_FILE = "baseline.json"
SCORES_FILE = "scores.json"
CURVES_FILE = "curves.json"
REFERENCE_FILE = "reference.parquet"
LABEL = "label"
_REFERENCE_ROWS = 5000


@dataclass(frozen=True)
class Evaluation:
    """What a version is registered with."""

    scores: Scores
    baseline: Baseline
    reference: pa.Table

    def save(self, folder: Path) -> None:
        """Writes `baseline.json`, `scores.json`, `curves.json` and `reference.parquet`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / BASELINE_FILE).write_bytes(self.baseline.to_json())
        (folder / SCORES_FILE).write_text(json.dumps(self.scores.as_dict(), indent=2))
        (folder / CURVES_FILE).write_text(json.dumps(self.scores.curves()))
        pq.write_table(self.reference, folder / REFERENCE_FILE, compression="zstd")


def evaluate(model: ModelConfig, artifact: Path, sets: Sets) -> Evaluation:
    """Loads the archive in folder `artifact` as the endpoint would, and scores the validation set.

    Raises ModelFormatError on an artefact that the endpoint would refuse, and DataError on one
    that was trained for other features or another task than the model's file names.
    """
    with TemporaryDirectory() as unpacked:
        unpack_artifact(find_archive(artifact), Path(unpacked))
        version = load_model(Path(unpacked))
    _check_signature(model, version.signature)
    return _evaluate(model, version, sets)


def _evaluate(model: ModelConfig, version: Model, sets: Sets) -> Evaluation:
    outputs = version.predict(Encoder(version.signature).matrix(sets.validation))
    scorer = Scorer(model.task, tuple(model.classes))
    scores, predicted = scorer.scores_of(labels(sets.validation, model), outputs)
    every = pa.concat_tables([sets.train, sets.validation])
    timed = sets.validation.select([model.event_time]).append_column(SCORE, pa.array(predicted))
    features = reference_profile(every, dict(model.features))
    score = reference_profile(timed, {SCORE: FeatureKind.NUMERIC})
    baseline = Baseline(
        features=features,
        score=score,
        scores=scores.as_dict(),
        trained_on=version.signature.trained_on.model_dump(mode="json"),
        feature_noise=_noise(model, every, features),
        # Validation windows alone, as the score's profile: the version has learned the clumps of
        # its training rows by heart, and scores them further apart than those of unseen rows.
        score_noise=_noise(model, timed, score),
        estimator=learn_estimator(model, sets.validation, predicted),
    )
    scored = sets.validation.select(list(model.features)).append_column(
        LABEL, sets.validation.column(model.label)
    )
    return Evaluation(scores, baseline, _sample(scored.append_column(SCORE, pa.array(predicted))))


def _noise(model: ModelConfig, rows: pa.Table, whole: Profile) -> LearnedNoise:
    """The noise between the windows of `rows`, which `whole` profiles."""
    windows = window_profiles(rows, model.event_time, model.monitoring.window, whole)
    return learn_noise(whole, windows, model.monitoring.min_rows)


def _sample(rows: pa.Table) -> pa.Table:
    """At most `_REFERENCE_ROWS` rows, evenly spread over the time that they span."""
    if rows.num_rows <= _REFERENCE_ROWS:
        return rows
    return rows.take(np.linspace(0, rows.num_rows - 1, _REFERENCE_ROWS).astype(np.int64))


def _check_signature(model: ModelConfig, signature: Signature) -> None:
    if (signature.task, signature.classes) != (model.task, tuple(model.classes)):
        raise DataError(
            Fault(
                where=f"model {model.name}: task",
                found=f"an artefact of {signature.task} {', '.join(signature.classes)}".strip(),
                expected=f"the file's {model.task} {', '.join(model.classes)}".strip(),
                remedy="train again with the present file",
            )
        )
    trained = {item.name: item.kind for item in signature.features}
    if trained != model.features:
        raise DataError(
            Fault(
                where=f"model {model.name}: features",
                found=f"an artefact trained on {', '.join(trained)}",
                expected=f"the features of the model's file: {', '.join(model.features)}",
                remedy="train again with the present file",
            )
        )
