from __future__ import annotations

import pytest
from moto.sagemaker.exceptions import ValidationError

from localcloud.jobs.metric_definitions import check_definitions, final_metrics, last_value


@pytest.mark.parametrize(
    ("log", "value"),
    [
        ("auc=0.1\nauc=0.7\n", 0.7),
        ("auc=0.1 auc=0.2", 0.2),
        ("auc=0.5\nauc=nan", 0.5),
        ("auc=0.5\nauc=...", 0.5),
        ("nothing", None),
        ("auc=-1e-3", -0.001),
    ],
)
def test_the_last_number_that_was_printed_counts(log: str, value: float | None) -> None:
    assert last_value(r"auc=([-+\w.]+)", log) == value


def test_a_metric_that_was_never_printed_is_left_out() -> None:
    definitions = [{"Name": "auc", "Regex": "auc=(.*)"}, {"Name": "f1", "Regex": "f1=(.*)"}]
    (found,) = final_metrics(definitions, "auc=0.5")
    assert (found["MetricName"], found["Value"]) == ("auc", 0.5)


def test_an_expression_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValidationError, match="metric definition auc"):
        check_definitions([{"Name": "auc", "Regex": "("}])
