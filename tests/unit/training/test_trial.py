"""How a trial is fitted, and what its artefact says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.training.workshop import prepared_sets, small_model, small_trial
from tidewatch.core.artifact import parse_signature
from tidewatch.core.artifact.encoding import Encoder
from tidewatch.core.errors import ConfigError, DataError, ModelFormatError
from tidewatch.serving.model import load_model
from tidewatch.training.dataset import Sets, read_set
from tidewatch.training.hyperparameters import parse_hyperparameters
from tidewatch.training.trial import Trial


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Sets:
    return prepared_sets(tmp_path_factory.mktemp("sets"), small_model())


@pytest.fixture(scope="module")
def trial(sets: Sets) -> Trial:
    return small_trial(small_model(), sets)


def test_the_same_input_makes_the_same_model(sets: Sets, trial: Trial, tmp_path: Path) -> None:
    trial.save(tmp_path / "a")
    small_trial(small_model(), sets).save(tmp_path / "b")

    assert (tmp_path / "a" / "model.txt").read_bytes() == (
        tmp_path / "b" / "model.txt"
    ).read_bytes()


def test_a_trial_learns_what_is_in_the_data(trial: Trial) -> None:
    assert trial.score > 0.75


def test_boosting_stops_when_validation_no_longer_improves(sets: Sets) -> None:
    trial = small_trial(
        small_model(), sets, num_boost_round="400", early_stopping_rounds="5", learning_rate="0.5"
    )

    assert len(trial.history["validation_roc_auc"]) < 100
    assert trial.score == max(trial.history["validation_roc_auc"])


def test_the_saved_model_holds_the_rounds_up_to_the_best(sets: Sets, tmp_path: Path) -> None:
    trial = small_trial(
        small_model(), sets, num_boost_round="400", early_stopping_rounds="5", learning_rate="0.5"
    )

    trial.save(tmp_path)

    assert load_model(tmp_path).booster.num_trees() == trial.booster.best_iteration


def test_categories_are_those_of_the_training_rows_alone(sets: Sets) -> None:
    west = pa.array(["west"] * sets.validation.num_rows)
    place = sets.validation.schema.get_field_index("region")
    stranger = Sets(sets.train, sets.validation.set_column(place, "region", west))

    signature = small_trial(small_model(), stranger).signature

    assert signature.features[0].categories == ("east", "north", "south")


def test_missing_values_and_unknown_categories_become_nan(trial: Trial) -> None:
    rows = pa.table(
        {
            "wind": [None, 3.0, 4.0],
            "region": ["west", None, "south"],
            "weight": [1.0, 2.0, None],
        }
    )

    matrix = Encoder(trial.signature).matrix(rows)

    np.testing.assert_array_equal(
        matrix, [[np.nan, 1.0, np.nan], [np.nan, 2.0, 3.0], [2.0, np.nan, 4.0]]
    )


def test_a_set_that_was_never_prepared_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run data preparation first"):
        read_set(tmp_path / "train")


def test_whole_hyperparameters_may_be_written_as_sagemaker_writes_them() -> None:
    parsed = parse_hyperparameters({"num_leaves": "31.0", "learning_rate": "1e-1"}, "here")

    assert parsed.parameters == {"num_leaves": 31, "learning_rate": 0.1}


def test_a_broken_number_of_leaves_is_a_fault() -> None:
    with pytest.raises(ConfigError, match=r"num_leaves: found '31\.5'; expected a whole number"):
        parse_hyperparameters({"num_leaves": "31.5"}, "here")


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("[]", "signature.json: (whole): found []"),
        ('{"format": "pickle"}', "expected Input should be 'lightgbm-text'"),
        ("not JSON", "Invalid JSON"),
    ],
)
def test_a_signature_of_another_shape_is_refused(document: str, fault: str) -> None:
    with pytest.raises(ModelFormatError) as caught:
        parse_signature(document.encode(), "signature.json")

    assert fault in str(caught.value)
