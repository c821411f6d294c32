"""What a model's file says of its task, and the names that its features may not have."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.config.test_load import MODEL
from tidewatch.aws.tables import LABELS, prediction_log_schema
from tidewatch.core.config import ModelConfig
from tidewatch.core.prediction_columns import PREDICTION_COLUMNS
from tidewatch.core.task import Task

WEATHER = {"task": "multiclass_classification", "classes": ["calm", "rain", "storm"]}


def model(**changes: Any) -> ModelConfig:
    return ModelConfig.model_validate({**MODEL, **changes})


def faults(**changes: Any) -> dict[str, str]:
    """Place and words of each fault."""
    with pytest.raises(ValidationError) as caught:
        model(**changes)
    return {".".join(map(str, item["loc"])): item["msg"] for item in caught.value.errors()}


def test_every_task_has_its_place() -> None:
    assert model(task="regression").task is Task.REGRESSION
    assert model(**WEATHER).classes == ["calm", "rain", "storm"]
    assert model().classes == []


@pytest.mark.parametrize("classes", [[], ["calm", "storm"]])
def test_multiclass_classification_names_three_classes_or_more(classes: list[str]) -> None:
    assert faults(task="multiclass_classification", classes=classes) == {
        "classes": "Value error, multiclass classification names at least 3 classes"
    }


@pytest.mark.parametrize("task", ["binary_classification", "regression"])
def test_other_tasks_have_no_classes(task: str) -> None:
    assert faults(task=task, classes=["a", "b", "c"]) == {
        "classes": "Value error, only multiclass classification has classes"
    }


def test_classes_differ_and_can_travel_in_csv() -> None:
    assert faults(**WEATHER | {"classes": ["a", "b", "a"]}) == {
        "classes": "Value error, classes that differ, found a more than once"
    }
    bad = ["a,b", 'a"b', " a", "a ", "", "a\nb", "fine"]
    assert len(faults(**WEATHER | {"classes": bad})) == 6


def test_every_feature_named_like_a_column_of_the_log_is_a_fault_of_its_own() -> None:
    features = dict.fromkeys(["score", "Day", "label", "tw_time", "weekday"], "numeric")
    found = faults(features=features, label="not a column")
    assert set(found) == {
        "label",
        "features.score.[key]",
        "features.Day.[key]",
        "features.label.[key]",
        "features.tw_time.[key]",
    }
    assert "a name that is no column of the prediction log" in found["features.Day.[key]"]


def test_features_that_differ_by_case_alone_are_a_fault() -> None:
    assert "temp" in faults(features={"temp": "numeric", "Temp": "numeric"})["features"]


def test_no_column_of_the_platforms_tables_can_be_a_feature() -> None:
    own = set(prediction_log_schema(model()).names) - set(MODEL["features"])
    joined = {"inference_id", "label", "event_time"} & set(LABELS.names)
    assert own | joined == PREDICTION_COLUMNS
