"""One trial: a LightGBM model fitted on the training set and scored on the validation set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidewatch.core.artifact.encoding import Encoder
from tidewatch.core.artifact.signature import Signature
from tidewatch.core.config import FeatureKind, ModelConfig
from tidewatch.core.objective import Objective, objective_of
from tidewatch.serving.artifact import MODEL_FILE, SIGNATURE_FILE
from tidewatch.serving.booster import lightgbm
from tidewatch.training.boosting import Boosting, boosting_of
from tidewatch.training.checkpoint import Checkpoints, Progress, joined
from tidewatch.training.dataset import Sets, labels, signature_of
from tidewatch.training.hyperparameters import Hyperparameters

_SEED = 20130101


@dataclass(frozen=True)
class Trial:
    """A fitted model; `history` holds each metric after each round of boosting."""

    signature: Signature
    booster: lightgbm.Booster
    history: dict[str, list[float]]

    @property
    def objective(self) -> Objective:
        """What tuning optimises."""
        return objective_of(self.signature.task)

    @property
    def score(self) -> float:
        """The objective on the validation set, at the round that is kept."""
        return self.final_metrics()[f"validation_{self.objective.metric}"]

    def final_metrics(self) -> dict[str, float]:
        """Each metric at the round that is kept."""
        kept = self.booster.best_iteration - 1
        return {name: values[kept] for name, values in self.history.items()}

    def save(self, folder: Path) -> None:
        """Writes the artefact: text only, up to the round that is kept."""
        folder.mkdir(parents=True, exist_ok=True)
        self.booster.save_model(folder / MODEL_FILE, num_iteration=self.booster.best_iteration)
        (folder / SIGNATURE_FILE).write_text(
            self.signature.model_dump_json(indent=1), encoding="utf-8"
        )


def fit(
    model: ModelConfig,
    sets: Sets,
    hyperparameters: Hyperparameters,
    threads: int,
    checkpoints: Checkpoints | None = None,
) -> Trial:
    """Boosts until the objective on the validation set gets no better.

    The same input, the same model; but for a trial that goes on from a checkpoint, whose rows and
    features are drawn anew.
    """
    signature, boosting = signature_of(model, sets), boosting_of(model)
    encoder = Encoder(signature)
    train = lightgbm.Dataset(
        encoder.matrix(sets.train),
        labels(sets.train, model),
        feature_name=signature.feature_names,
        categorical_feature=[
            item.name for item in signature.features if item.kind is FeatureKind.CATEGORICAL
        ],
    )
    validation = train.create_valid(encoder.matrix(sets.validation), labels(sets.validation, model))
    before = checkpoints.progress() if checkpoints else Progress()
    history: dict[str, dict[str, list[float]]] = {}
    booster = lightgbm.train(
        _parameters(boosting, hyperparameters, threads),
        train,
        num_boost_round=hyperparameters.rounds - before.rounds,
        init_model=before.booster(),
        valid_sets=[validation],
        valid_names=["validation"],
        callbacks=[
            lightgbm.early_stopping(
                hyperparameters.patience, first_metric_only=True, verbose=False
            ),
            lightgbm.record_evaluation(history),
            *([checkpoints.keeping(before, history)] if checkpoints else []),
        ],
    )
    rounds = joined(before.history, history["validation"])
    booster.best_iteration = _best(rounds[next(iter(boosting.metrics))], model)
    return Trial(
        signature, booster, {boosting.metrics[name]: found for name, found in rounds.items()}
    )


def _best(values: list[float], model: ModelConfig) -> int:
    """The first round with the best objective, of all attempts."""
    best = max if objective_of(model.task).goal == "Maximize" else min
    return values.index(best(values)) + 1


def _parameters(
    boosting: Boosting, hyperparameters: Hyperparameters, threads: int
) -> dict[str, Any]:
    return {
        **hyperparameters.parameters,
        **boosting.parameters,
        "objective": boosting.objective,
        "metric": list(boosting.metrics),
        "seed": _SEED,
        "deterministic": True,
        "force_row_wise": True,  # else LightGBM times both ways and may choose differently
        "num_threads": threads,
        "verbosity": -1,
    }
