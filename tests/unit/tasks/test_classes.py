"""A model of three classes, from its raw table to verdicts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn import metrics

from tests.unit.serving.asgi_client import Client
from tests.unit.tasks.road import Monitored, Road, Traffic
from tests.unit.training.workshop import START, parcels, small_model, write_raw
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import DataError, ModelFormatError
from tidewatch.serving.model import load_model
from tidewatch.training.dataset import Sets, read_set
from tidewatch.training.evaluation import evaluate

# MLflow's own use of SQLAlchemy, when its store is opened.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated")

CLASSES = ["on time", "late", "lost"]
ROWS = 300


def arrivals(**changes: Any) -> ModelConfig:
    """How will a parcel arrive? The heavy ones are late or lost; a few labels are odd."""
    monitoring = {"window": "7d", "lateness": "1h", "watermark": "event_time"}
    return small_model(
        task="multiclass_classification",
        classes=CLASSES,
        raw=["parcels"],
        prepare="SELECT sent, arrival, region, weight FROM parcels",
        label="arrival",
        features={"region": "categorical", "weight": "numeric"},
        monitoring=monitoring | {"min_rows": 100, "max_runtime": "10m"},
        **changes,
    )


def arrival(weight: float) -> str:
    return CLASSES[int(np.digitize(weight, [4.0, 7.0]))]


def table() -> dict[str, list[Any]]:
    rows = parcels()
    random = np.random.default_rng(3)
    found = [arrival(weight + random.normal(0, 0.5)) for weight in rows["weight"]]
    found[5] = "somewhere"
    return {**{name: rows[name] for name in ("sent", "region", "weight")}, "arrival": found}


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    """Prepared."""
    road = Road(arrivals(), tmp_path_factory.mktemp("parcels"))
    write_raw(road.processing / "input" / "raw", {"parcels": table()})
    summary = road.prepare(START.isoformat(), "2024-02-10T00:00:00Z")
    assert summary["reasons"] == {"label arrival is not a class of the model": 1}
    return road


@pytest.fixture(scope="module")
def printed(road: Road) -> str:
    return road.train(num_boost_round="40", num_leaves="8")


@pytest.fixture(scope="module")
def scores(road: Road, printed: str) -> dict[str, Any]:
    assert printed
    return road.evaluate()


@pytest.fixture(scope="module")
def client(road: Road, scores: dict[str, Any]) -> Client:
    assert scores
    return road.endpoint()


def traffic(name: str, day: int, *, wrong: bool = False) -> Traffic:
    """Parcels of one day of February, whose truth may be another class than it was."""
    weights = np.random.default_rng(day).gamma(2.0, 2.0, ROWS).round(3)
    body = "".join(
        f"south,{weight},2024-02-{day:02}T10:{place // 60:02}:{place % 60:02}Z\n"
        for place, weight in enumerate(weights)
    )
    truth = [arrival(weight) for weight in weights]
    turned = {name: CLASSES[place - 1] for place, name in enumerate(CLASSES)}
    return Traffic(name, body, [turned[each] for each in truth] if wrong else truth)


def test_a_class_is_prepared_as_its_place(road: Road) -> None:
    rows = pq.read_table(road.processing / "output" / "train" / "part-0.parquet")
    assert set(rows["arrival"].to_pylist()) == {0, 1, 2}


def test_tuning_finds_the_log_loss_in_the_trials_log(printed: str, scores: dict[str, Any]) -> None:
    (objective,) = re.findall(r"validation:log_loss=([0-9.e+-]+)", printed)
    assert float(objective) == pytest.approx(scores["log_loss"], rel=1e-6)


def test_the_version_is_scored_with_all_metrics_and_each_class_with_its_own(
    road: Road, scores: dict[str, Any]
) -> None:
    reference = pq.read_table(road.evaluation / "reference.parquet")
    truth, decided = reference["label"].to_numpy(), reference["score"].to_numpy()
    assert scores["accuracy"] == pytest.approx(metrics.accuracy_score(truth, decided))
    assert scores["macro_f1"] == pytest.approx(metrics.f1_score(truth, decided, average="macro"))
    assert list(scores["by_class"]) == scores["classes"] == CLASSES
    assert None not in scores.values()
    assert 0.8 < scores["accuracy"] < 1
    assert json.loads((road.evaluation / "curves.json").read_text()) == {}


def test_the_endpoint_answers_the_name_of_a_class(client: Client) -> None:
    csv = client.post("south,0.5,\nnorth,20,\n", {"content-type": "text/csv"})
    assert (csv.text, csv.status) == ("on time\nlost\n", 200)
    one = client.post('{"instances": [{"weight": 5.5}]}', {"content-type": "application/json"})
    assert one.json() == {"predictions": ["late"]}


def test_wrong_answers_turn_the_verdict_and_each_class_has_its_own_metrics(
    road: Road, scores: dict[str, Any]
) -> None:
    assert scores
    monitored = Monitored.on(road)
    for asked in (traffic("good", 9), traffic("bad", 16, wrong=True), traffic("last", 23)):
        monitored.ask(asked)

    rows = monitored.watch()

    assert monitored.quarantined() == []
    first, second = (
        {(row["metric"], row["feature"]): row for row in rows if str(row["day"]) == day}
        for day in ("2024-02-08", "2024-02-15")
    )
    assert first["verdict", ""]["verdict"] == "ok"
    assert second["verdict", ""]["verdict"] == "critical"
    assert second["accuracy_drop", ""]["verdict"] == "critical"
    assert second["macro_recall_drop", ""]["verdict"] == "critical"
    assert first["accuracy", ""]["value"] > 0.8
    assert {feature for metric, feature in first if metric == "class_recall"} == set(CLASSES)
    assert first["class_recall", "lost"]["value"] > 0.5
    assert first["log_loss", ""]["value"] is None


def test_an_artefact_of_other_classes_is_refused(road: Road, scores: dict[str, Any]) -> None:
    assert scores
    output = road.processing / "output"
    sets = Sets(read_set(output / "train"), read_set(output / "validation"))
    other = road.model.model_copy(update={"classes": ["a", "b", "c"]})
    with pytest.raises(DataError, match="found an artefact of multiclass_classification on time"):
        evaluate(other, road.processing / "input" / "artifact", sets)


def test_a_model_whose_outputs_are_not_its_classes_is_refused(
    road: Road, printed: str, tmp_path: Path
) -> None:
    assert printed
    for name in ("model.txt", "signature.json"):
        (tmp_path / name).write_bytes((road.folder / "trial" / "model" / name).read_bytes())
    signature = json.loads((tmp_path / "signature.json").read_text())
    signature["classes"].append("stolen")
    (tmp_path / "signature.json").write_text(json.dumps(signature))
    with pytest.raises(ModelFormatError, match="found a model of 3 outputs; expected"):
        load_model(tmp_path)
