"""The example of a regression, from its raw table to verdicts on the year after."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from sklearn import metrics

from tests.unit.tasks.road import Monitored, Road, Traffic
from tests.unit.training.workshop import PROJECT
from tidewatch.core.config import ModelConfig, load_model
from tidewatch.core.window import Window
from tidewatch.training.data_prep import Places, prepare
from tidewatch.training.dataset import read_set

# MLflow's own use of SQLAlchemy, when its store is opened.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated")

EXAMPLE = PROJECT / "examples" / "bikes"
TRAINED_UNTIL = datetime(2011, 10, 28, tzinfo=UTC)


def example(folder: Path) -> ModelConfig:
    (folder / "models").mkdir(parents=True)
    for name in ("bikes.yaml", "bikes.sql"):
        shutil.copy(EXAMPLE / name, folder / "models" / name)
    return load_model(folder, "bikes")


def put_raw(folder: Path) -> Path:
    (folder / "bikes").mkdir(parents=True)
    shutil.copy(EXAMPLE / "bikes.parquet", folder / "bikes" / "bikes.parquet")
    return folder


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    """Prepared and trained."""
    folder = tmp_path_factory.mktemp("bikes")
    road = Road(example(folder / "config"), folder)
    put_raw(road.processing / "input" / "raw")
    summary = road.prepare("2011-01-01T00:00:00Z", TRAINED_UNTIL.isoformat())
    assert (summary["good"], summary["quarantined"]) == (7089, 0)
    return road


@pytest.fixture(scope="module")
def printed(road: Road) -> str:
    return road.train(num_boost_round="120", num_leaves="15", learning_rate="0.1")


@pytest.fixture(scope="module")
def scores(road: Road, printed: str) -> dict[str, Any]:
    assert printed
    return road.evaluate()


@pytest.fixture(scope="module")
def later(road: Road, tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """The rows after training, as data preparation makes them."""
    folder = tmp_path_factory.mktemp("later")
    interval = Window(TRAINED_UNTIL, datetime(2013, 1, 1, tzinfo=UTC))
    prepare(road.model, interval, Places(put_raw(folder / "raw"), folder / "sets"))
    return pa.concat_tables([read_set(folder / "sets" / part) for part in ("train", "validation")])


def week(rows: pa.Table, model: ModelConfig, start: datetime, days: int = 7) -> Traffic:
    """One request of all hours from `start` on, with the counts as their labels."""
    moments = rows[model.event_time].to_pylist()
    inside = [start <= moment < start + timedelta(days=days) for moment in moments]
    chosen = rows.filter(pa.array(inside))
    table = chosen.select(model.request_columns)
    times = [moment.isoformat() for moment in table[model.event_time].to_pylist()]
    table = table.set_column(len(model.features), model.event_time, pa.array(times))
    sink = pa.BufferOutputStream()
    options = pcsv.WriteOptions(include_header=False, quoting_style="none")
    pcsv.write_csv(table, sink, options)
    labels = [repr(value) for value in chosen[model.label].to_pylist()]
    return Traffic(start.date().isoformat(), sink.getvalue().to_pybytes().decode(), labels)


def test_the_leaks_are_no_features(road: Road) -> None:
    leaks = {"casual", "registered", "cnt"}
    assert leaks.isdisjoint(road.model.features)
    prepared = pq.read_schema(road.processing / "output" / "train" / "part-0.parquet")
    assert leaks & set(prepared.names) == {"cnt"}
    assert prepared.field("cnt").type == pa.float64()


def test_tuning_finds_the_root_mean_squared_error_in_the_trials_log(printed: str) -> None:
    (objective,) = re.findall(r"validation:rmse=([0-9.e+-]+)", printed)
    assert 20 < float(objective) < 80


def test_the_version_is_scored_in_rentals_an_hour(
    road: Road, printed: str, scores: dict[str, Any]
) -> None:
    reference = pq.read_table(road.evaluation / "reference.parquet")
    truth, values = reference["label"].to_numpy(), reference["score"].to_numpy()
    assert scores["rows"] == reference.num_rows == 1418
    assert scores["mae"] == pytest.approx(metrics.mean_absolute_error(truth, values), rel=1e-12)
    assert scores["r_squared"] == pytest.approx(metrics.r2_score(truth, values), rel=1e-12)
    assert f"validation:rmse={scores['rmse']:.9g}" in printed
    assert scores["r_squared"] > 0.7
    assert road.baseline.scores == scores
    assert road.baseline.score.features["score"].missing == 0


def test_the_endpoint_answers_numbers_beyond_one_alike_for_one_row_and_for_many(
    road: Road, scores: dict[str, Any], later: pa.Table
) -> None:
    assert scores
    monitored = Monitored.on(road)
    traffic = week(later, road.model, datetime(2012, 6, 7, tzinfo=UTC))
    together = monitored.ask(traffic)
    assert max(float(answer) for answer in together) > 100
    for place in (0, 17):
        alone = Traffic("alone", traffic.body.splitlines()[place], [])
        assert monitored.ask(alone) == [together[place]]


def test_growing_demand_turns_the_verdict_and_says_by_how_much(
    road: Road, scores: dict[str, Any], later: pa.Table
) -> None:
    monitored = Monitored.on(road)
    at_first, grown = datetime(2011, 11, 17, tzinfo=UTC), datetime(2012, 6, 7, tzinfo=UTC)
    for start in (at_first, grown):
        monitored.ask(week(later, road.model, start))
    monitored.ask(week(later, road.model, datetime(2012, 7, 1, tzinfo=UTC), days=1))

    rows = monitored.watch()

    assert monitored.quarantined() == []
    by_day = {
        day: {row["metric"]: row for row in rows if str(row["day"]) == day}
        for day in ("2011-11-17", "2012-06-07")
    }
    assert {day: found["verdict"]["verdict"] for day, found in by_day.items()} == {
        "2011-11-17": "ok",
        "2012-06-07": "critical",
    }
    for found in by_day.values():
        rise = found["mae_rise"]
        assert rise["direction"] == "higher_is_worse"
        assert rise["value"] == pytest.approx(found["mae"]["value"] / scores["mae"] - 1)
        assert (found["rows"]["value"], found["labelled_share"]["value"]) == (168.0, 1.0)
    assert by_day["2012-06-07"]["mean_error"]["value"] < -30
