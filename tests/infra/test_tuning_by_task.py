"""What tuning optimises follows from the model's task."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from tests.infra.conftest import synthesised
from tests.infra.test_stacks import definition
from tidewatch.core.config import Config
from tidewatch.core.objective import objective_of
from tidewatch.core.task import Task


@pytest.mark.parametrize(
    ("task", "goal", "metric"),
    [
        (Task.REGRESSION, "Minimize", "rmse"),
        (Task.MULTICLASS_CLASSIFICATION, "Minimize", "log_loss"),
    ],
)
def test_the_objective_of_another_task_is_minimised_and_read_from_the_trials_log(
    config: Config, tmp_path: Path, task: Task, goal: str, metric: str
) -> None:
    classes = ["a", "b", "c"] if task is Task.MULTICLASS_CLASSIFICATION else []
    model = config.models[0].model_copy(update={"task": task, "classes": classes})

    request = tuning_request(synthesised(replace(config, models=(model,)), tmp_path))

    objective = request["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    assert objective == {"Type": goal, "MetricName": f"validation:{metric}"}
    (found,) = request["TrainingJobDefinition"]["AlgorithmSpecification"]["MetricDefinitions"]
    assert found["Name"] == objective["MetricName"]
    for value in (41.25, 1.5e-7, 123456789.0):
        line = objective_of(task).line(value)
        assert float(re.findall(found["Regex"], line)[0]) == pytest.approx(value)


def tuning_request(templates: dict[str, Template]) -> dict[str, Any]:
    machine = definition(templates, "flights-training", "Machine")
    request: dict[str, Any] = machine["States"]["Tune hyperparameters"]["Parameters"]
    return request
