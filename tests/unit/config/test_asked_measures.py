"""Segments and user metrics in a model's file: checked whole, each fault named."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.monitoring.world import MODEL
from tidewatch.core.config import ModelConfig
from tidewatch.core.config.user_metric import is_reserved
from tidewatch.core.performance import Scorer
from tidewatch.core.task import Task
from tidewatch.core.thresholds import Thresholds


def parsed(**monitoring: Any) -> ModelConfig:
    document = MODEL.model_dump(mode="json")
    document["monitoring"] |= monitoring
    return ModelConfig.model_validate(document)


def test_segments_and_metrics_read_back_as_they_were() -> None:
    metrics = {
        "conversion_rate": {
            "sql": "avg(label)",
            "limits": {"warning": 0.2, "critical": 0.1},
            "direction": "lower_is_worse",
        },
        "spread": {"entry_point": "shop.kpis:spread"},
    }
    model = parsed(segments=["carrier"], metrics=metrics)
    assert model.monitoring.segments == ["carrier"]
    assert ModelConfig.model_validate_json(model.model_dump_json()) == model


@pytest.mark.parametrize("segments", [["temp"], ["nowhere"], ["carrier", "carrier"]])
def test_segments_are_categorical_features_each_once(segments: list[str]) -> None:
    with pytest.raises(ValidationError, match="segments that"):
        parsed(segments=segments)


@pytest.mark.parametrize(
    "name", ["roc_auc", "rows", "estimated_mae", "estimate_error", "my_drop", "Rate", "a-b", ""]
)
def test_names_that_are_taken_or_no_names_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        parsed(metrics={name: {"sql": "count(*)"}})


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ({}, "either sql or entry_point"),
        ({"sql": "count(*)", "entry_point": "a:b"}, "either sql or entry_point"),
        ({"sql": ""}, "at least 1 character"),
        ({"entry_point": "os.system"}, "match pattern"),
        ({"sql": "1", "limits": {"warning": 1, "critical": 2}}, "limits need a direction"),
        (
            {
                "sql": "1",
                "limits": {"warning": 1, "critical": 2},
                "direction": "lower_is_worse",
            },
            "critical must be worse",
        ),
        (
            {
                "sql": "1",
                "limits": {"warning": 2, "critical": 1},
                "direction": "higher_is_worse",
            },
            "critical must be worse",
        ),
    ],
)
def test_a_faulty_metric_is_refused_in_plain_words(metric: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        parsed(metrics={"kpi": metric})


@pytest.mark.parametrize("task", Task)
def test_no_metric_of_any_task_has_a_free_name(task: Task) -> None:
    classes = ("a", "b", "c") if task is Task.MULTICLASS_CLASSIFICATION else ()
    scores = Scorer(task, classes).of_answers([0.0, 1.0, 1.0], [0.0, 1.0, 0.0])
    by_class = [name for metrics in scores.by_class().values() for name in metrics]
    changes = [change.metric for change in scores.changes(scores.as_dict(), Thresholds())]
    names = [*scores.metrics(), *scores.counts(), *by_class, *changes]
    assert [name for name in names if not is_reserved(name)] == []
