"""What answers and labels of each task are taken, and which go to quarantine."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.unit.core.capture_records import record
from tidewatch.core.capture import (
    CaptureSpec,
    Label,
    PredictionRow,
    Rejection,
    parse_capture_line,
    parse_label_line,
)
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.task import Task

FEATURES = {"x": FeatureKind.NUMERIC}
REGRESSION = CaptureSpec(FEATURES, "at", Task.REGRESSION)
WEATHER = CaptureSpec(FEATURES, "at", Task.MULTICLASS_CLASSIFICATION, ("calm", "7", "storm"))


def answered(spec: CaptureSpec, answer: str) -> float | str:
    """The score, or the reason of its rejection."""
    (row,) = parse_capture_line(orjson.dumps(record(request="1,0", answer=answer)), spec)
    return row.score if isinstance(row, PredictionRow) else row.reason.value


def labelled(spec: CaptureSpec, data: Any) -> float | str:
    event = {
        "groundTruthData": {"data": data, "encoding": "CSV"},
        "eventMetadata": {"eventId": "a"},
        "eventVersion": "0",
    }
    found = parse_label_line(orjson.dumps(event), spec.read_label)
    assert isinstance(found, Label | Rejection)
    return found.label if isinstance(found, Label) else found.reason.value


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("-12.5", -12.5),
        ("1e300", 1e300),
        ("inf", "score_out_of_range"),
        ("nan", "score_not_a_number"),
        ("many", "score_not_a_number"),
    ],
)
def test_a_regression_answers_any_finite_number(answer: str, found: object) -> None:
    assert answered(REGRESSION, answer) == found


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("-12.5", -12.5),
        ("0", 0.0),
        ("inf", "label_not_finite"),
        ("nan", "label_not_finite"),
        ("many", "not_a_number"),
    ],
)
def test_a_regressions_label_is_any_finite_number(data: str, found: object) -> None:
    assert labelled(REGRESSION, data) == found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("calm", 0.0),
        ("7", 1.0),
        ("storm\n", 2.0),
        ("Storm", "score_not_a_class"),
        ("0", "score_not_a_class"),
    ],
)
def test_several_classes_answer_the_name_of_one(answer: str, found: object) -> None:
    assert answered(WEATHER, answer) == found


@pytest.mark.parametrize(
    ("data", "found"),
    [("calm", 0.0), (" storm ", 2.0), ("7", 1.0), ("snow", "label_not_a_class")],
)
def test_a_label_of_several_classes_is_the_name_of_one(data: str, found: object) -> None:
    assert labelled(WEATHER, data) == found
