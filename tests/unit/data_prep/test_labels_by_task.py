"""Which labels train a regression or a classifier of several classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.unit.training.workshop import INTERVAL, parcels, small_model, weather, write_raw
from tidewatch.core.errors import DataError
from tidewatch.training.data_prep import Places, prepare

REGRESSION = {"task": "regression"}
CLASSES = {"task": "multiclass_classification", "classes": ["calm", "it's wild", "7"]}


def run(folder: Path, labels: list[Any], model: dict[str, Any]) -> dict[str, Any]:
    raw = write_raw(
        folder / "raw", {"parcels": {**parcels(), "late": labels}, "weather": weather()}
    )
    return prepare(small_model(**model), INTERVAL, Places(raw, folder))


def read(folder: Path, part: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / part / "part-0.parquet").to_pylist()
    return rows


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("many", "label late is not a finite number"),
        ("inf", "label late is not a finite number"),
        ("nan", "label late is not a finite number"),
        (None, "label late is missing"),
    ],
)
def test_a_regressions_label_is_a_finite_number(
    tmp_path: Path, value: str | None, reason: str
) -> None:
    labels: list[Any] = [f"{place % 97 - 20}.5" for place in range(2000)]
    labels[3] = value

    summary = run(tmp_path, labels, REGRESSION)

    assert summary["reasons"] == {reason: 1}
    assert min(row["late"] for row in read(tmp_path, "train")) == -20.5
    (row,) = read(tmp_path, "quarantine")
    assert row["detail"] == value


@pytest.mark.parametrize("value", ["Calm", "0", ""])
def test_a_label_of_several_classes_is_one_of_them_and_becomes_its_place(
    tmp_path: Path, value: str
) -> None:
    labels: list[Any] = [["calm", "it's wild", " 7"][place % 3] for place in range(2000)]
    labels[3] = value

    summary = run(tmp_path, labels, CLASSES)

    assert summary["reasons"] == {"label late is not a class of the model": 1}
    assert [row["late"] for row in read(tmp_path, "train")[:6]] == [0, 1, 2, 1, 2, 0]


def test_a_label_that_never_differs_cannot_train_a_regression(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"found 1439 rows of label 4.0; expected rows of labels that"
    ):
        run(tmp_path, [4] * 2000, REGRESSION)


def test_a_class_that_is_nowhere_cannot_be_trained(tmp_path: Path) -> None:
    expected = "expected rows of label calm, it's wild and of 7"
    with pytest.raises(DataError, match=expected) as caught:
        run(tmp_path, ["calm", "7"] * 1000, CLASSES)
    assert len(caught.value.faults) == 2
