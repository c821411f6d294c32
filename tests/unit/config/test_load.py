"""Configuration: every fault at once, in words that tell what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from tidewatch.core.config import load_config, load_model, load_stage, read_model_document
from tidewatch.core.errors import ConfigError

MODEL = {
    "name": "trips",
    "description": "Will this trip be long?",
    "task": "binary_classification",
    "raw": ["trips"],
    "prepare": "trips.sql",
    "event_time": "started_at",
    "label": "long",
    "features": {"distance": "numeric", "city": "categorical"},
    "training": {
        "span": "30d",
        "max_runtime": "1h",
        "tuning": {"parameters": {"num_leaves": {"kind": "integer", "min": 4, "max": 64}}},
    },
    "serving": {"weights": {"champion": 0.9, "challenger": 0.1}},
    "monitoring": {"window": "1d", "lateness": "1h", "max_runtime": "30m"},
    "retraining": {"min_new_data": "7d"},
}
STAGE = {
    "name": "dev",
    "monitoring_rate": "1h",
    "alerting": {"email": ["team@example.com"]},
    "models": ["trips"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "stages").mkdir()
    (tmp_path / "models" / "trips.sql").write_text("select * from trips")
    write(tmp_path, MODEL, STAGE)
    return tmp_path


def write(folder: Path, model: Mapping[str, object], stage: Mapping[str, object]) -> None:
    (folder / "models" / "trips.yaml").write_text(yaml.safe_dump(model, sort_keys=False))
    (folder / "stages" / "dev.yaml").write_text(yaml.safe_dump(stage))


def test_a_stage_is_loaded_with_its_models_and_their_sql(folder: Path) -> None:
    config = load_config(folder, "dev")
    assert config.stage.monitoring_rate == timedelta(hours=1)
    assert [model.name for model in config.models] == ["trips"]
    assert config.models[0].prepare == "select * from trips"


def test_the_request_columns_are_the_features_then_the_event_time(folder: Path) -> None:
    assert load_model(folder, "trips").request_columns == ["distance", "city", "started_at"]


def test_every_fault_of_a_file_is_reported_at_once(folder: Path) -> None:
    broken = {**MODEL, "task": "poetry", "label": "not a column", "colour": "blue"}
    del broken["raw"]
    write(folder, broken, STAGE)
    with pytest.raises(ConfigError) as caught:
        load_model(folder, "trips")
    places = {fault.where.rsplit(": ", 1)[-1] for fault in caught.value.faults}
    assert places == {"task", "label", "colour", "raw"}


def test_faults_of_all_models_are_reported_together(folder: Path) -> None:
    write(folder, MODEL, {**STAGE, "models": ["trips", "nowhere"]})
    (folder / "models" / "trips.yaml").write_text(yaml.safe_dump({**MODEL, "task": "poetry"}))
    with pytest.raises(ConfigError) as caught:
        load_config(folder, "dev")
    assert len(caught.value.faults) == 2


def test_an_unknown_stage_is_answered_with_the_stages_there_are(folder: Path) -> None:
    with pytest.raises(ConfigError, match="one of: dev"):
        load_stage(folder, "prod")


def test_an_unknown_model_is_answered_with_the_models_there_are(folder: Path) -> None:
    with pytest.raises(ConfigError, match="one of: trips"):
        load_model(folder, "flights")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [", "just words"])
def test_a_file_that_is_no_mapping_is_refused(folder: Path, text: str) -> None:
    (folder / "models" / "trips.yaml").write_text(text)
    with pytest.raises(ConfigError):
        load_model(folder, "trips")


def test_a_file_must_be_named_for_what_it_holds(folder: Path) -> None:
    write(folder, {**MODEL, "name": "other"}, STAGE)
    with pytest.raises(ConfigError, match="expected 'trips'"):
        load_model(folder, "trips")


def test_a_missing_sql_file_is_named(folder: Path) -> None:
    (folder / "models" / "trips.sql").unlink()
    with pytest.raises(ConfigError, match=r"trips\.sql"):
        load_model(folder, "trips")


@pytest.mark.parametrize("text", ["7", "d", "-1d", "1.5h", "0d", "1w", "7 d"])
def test_a_duration_needs_a_whole_number_and_a_unit(folder: Path, text: str) -> None:
    write(folder, {**MODEL, "retraining": {"min_new_data": text}}, STAGE)
    with pytest.raises(ConfigError, match="for example 7d"):
        load_model(folder, "trips")


def test_the_label_can_not_be_a_feature(folder: Path) -> None:
    write(folder, {**MODEL, "label": "distance"}, STAGE)
    with pytest.raises(ConfigError, match="cannot be features"):
        load_model(folder, "trips")


@pytest.mark.parametrize(
    "weights",
    [{"champion": 1}, {"champion": 0, "challenger": 0}, {"champion": -1, "challenger": 2}],
)
def test_weights_are_given_for_both_variants(folder: Path, weights: dict[str, float]) -> None:
    write(folder, {**MODEL, "serving": {"weights": weights}}, STAGE)
    with pytest.raises(ConfigError):
        load_model(folder, "trips")


def test_a_model_document_reads_back_as_the_same_model(folder: Path, tmp_path: Path) -> None:
    model = load_model(folder, "trips")
    place = tmp_path / "document"
    place.mkdir()
    (place / "abc.json").write_text(model.model_dump_json())
    assert read_model_document(place) == model


def test_a_job_without_its_model_document_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected one model document"):
        read_model_document(tmp_path)


def test_the_stages_and_models_of_this_repository_are_valid() -> None:
    project = Path(__file__).parents[3] / "config"
    for stage in (project / "stages").glob("*.yaml"):
        assert load_config(project, stage.stem).models
