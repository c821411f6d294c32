"""Tables are made once, grow with the model, and keep marks with their rows."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from tests.unit.monitoring.world import MODEL
from tidewatch.aws import ledger
from tidewatch.aws.rows import collect, moment, text
from tidewatch.aws.tables import LABELS, ensure_table, log_features, prediction_log_schema
from tidewatch.aws.transactions import with_transactions
from tidewatch.core.config import FeatureKind
from tidewatch.core.errors import ConfigError, DataError


def _rows(*ids: str) -> pa.Table:
    at = datetime(2013, 4, 1, tzinfo=UTC)
    rows = [
        {"model": "flights", "inference_id": i, "label": 1.0, "event_time": at, "day": at.date()}
        for i in ids
    ]
    return pa.Table.from_pylist(rows, schema=LABELS)


def _ids(uri: str, predicate: str = "true") -> list[str]:
    return sorted(collect(DeltaTable(uri), ["inference_id"], predicate)["inference_id"].to_pylist())


def test_jobs_that_start_at_once_make_one_table(tmp_path: Path) -> None:
    uri, errors = str(tmp_path / "labels"), []

    def start(name: str) -> None:
        state = {}

        def open_again() -> None:
            state["table"] = ensure_table(uri, LABELS)

        try:
            open_again()
            ledger.until_no_conflict(
                lambda: ledger.append(state["table"], _rows(name), {}), open_again
            )
        except BaseException as error:  # noqa: BLE001 - the test reports it
            errors.append(error)

    threads = [threading.Thread(target=start, args=(str(i),)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert _ids(uri) == list("012345")


def test_a_new_column_is_added_and_an_old_one_stays(tmp_path: Path) -> None:
    uri = str(tmp_path / "labels")
    ensure_table(uri, LABELS.append(pa.field("old", pa.string())))
    table = ensure_table(uri, LABELS.append(pa.field("new", pa.float64())))
    assert [field.name for field in table.schema().fields][-2:] == ["old", "new"]
    ledger.append(table, _rows("a"), {})
    assert _ids(uri, "old IS NULL AND new IS NULL") == ["a"]


def test_a_column_that_changes_its_type_is_an_error(tmp_path: Path) -> None:
    uri = str(tmp_path / "labels")
    ensure_table(uri, LABELS)
    with pytest.raises(DataError, match="give it a new name"):
        ensure_table(uri, LABELS.set(2, pa.field("label", pa.string())))


def test_a_feature_with_the_name_of_a_logs_own_column_is_an_error() -> None:
    model = MODEL.model_copy(update={"features": {"day": FeatureKind.NUMERIC}})
    with pytest.raises(ConfigError, match="model flights: features: found day"):
        prediction_log_schema(model)


def test_the_features_of_a_log_are_its_other_columns(tmp_path: Path) -> None:
    log = ensure_table(str(tmp_path / "log"), prediction_log_schema(MODEL))
    assert log_features(log) == ["temp", "carrier"]


def test_all_marks_are_read_at_once_before_and_after_checkpoints(tmp_path: Path) -> None:
    uri = str(tmp_path / "labels")
    table = ensure_table(uri, LABELS)
    for i in range(4):
        ledger.append(table, _rows(), {f"object-{i}": 1, "head": i})
        ledger.mark(table, {f"mark-{i}": 10 + i})
        if i == 1:
            table.create_checkpoint()
    table, marks = with_transactions(uri)
    assert set(marks) == {"head", *(f"{kind}-{i}" for kind in ("object", "mark") for i in range(4))}
    assert marks == {name: table.transaction_version(name) for name in marks}
    table.create_checkpoint()
    assert with_transactions(uri)[1] == marks


def test_of_two_commits_that_set_one_mark_the_second_is_refused(tmp_path: Path) -> None:
    uri = str(tmp_path / "labels")
    first, second = ensure_table(uri, LABELS), ensure_table(uri, LABELS)
    ledger.append(first, _rows("a"), {"object": 1})
    with pytest.raises(CommitFailedError):
        ledger.append(second, _rows("a"), {"object": 1})
    assert _ids(uri) == ["a"]


def test_a_step_that_lost_is_run_again_on_the_new_state(tmp_path: Path) -> None:
    uri = str(tmp_path / "labels")
    ensure_table(uri, LABELS)
    state = {"table": DeltaTable(uri)}
    ledger.append(DeltaTable(uri), _rows("a"), {"object": 1})

    def step() -> str:
        if state["table"].transaction_version("object"):
            return "already there"
        ledger.append(state["table"], _rows("a"), {"object": 1})
        return "written"

    def refresh() -> None:
        state["table"] = DeltaTable(uri)

    assert ledger.until_no_conflict(step, refresh) == "already there"


def test_a_conflict_that_never_ends_is_an_error(tmp_path: Path) -> None:
    uri = str(tmp_path / "labels")
    stale = ensure_table(uri, LABELS)
    ledger.mark(DeltaTable(uri), {"object": 1})
    with pytest.raises(CommitFailedError):
        ledger.until_no_conflict(lambda: ledger.mark(stale, {"object": 2}), lambda: None)


def test_rows_are_replaced_where_the_predicate_holds(tmp_path: Path) -> None:
    uri = str(tmp_path / "labels")
    table = ensure_table(uri, LABELS)
    ledger.append(table, _rows("a", "it's"), {})
    ledger.replace(
        table, _rows("it's", "it's"), f"inference_id = {text(chr(39).join(['it', 's']))}", {}
    )
    assert _ids(uri) == ["a", "it's", "it's"]
    at = moment(datetime(2013, 4, 1, tzinfo=UTC))
    assert len(_ids(uri, f"event_time = {at} AND day = '{date(2013, 4, 1)}'")) == 3
