"""The endpoint's two routes: what they answer, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.serving.asgi_client import Client
from tests.unit.training.workshop import prepared_sets, small_model, small_trial
from tidewatch.serving.app import LARGEST_BODY, create_app
from tidewatch.serving.model import Model, load_model

CSV = {"content-type": "text/csv"}
JSON = {"content-type": "application/json"}
ROW = "south,3.5,7,2024-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder: Path = tmp_path_factory.mktemp("model")
    sets = prepared_sets(folder / "sets", small_model())
    small_trial(small_model(), sets).save(folder / "model")
    return load_model(folder / "model")


@pytest.fixture(scope="module")
def client(model: Model) -> Client:
    return Client(create_app(model, version="3"))


def expected(model: Model, *rows: list[float]) -> list[float]:
    scores: list[float] = model.predict(np.array(rows, dtype=float)).tolist()
    return scores


def scores(text: str) -> list[float]:
    return [float(line) for line in text.splitlines()]


def fault(client: Client, body: str | bytes, headers: dict[str, str]) -> tuple[int, Any]:
    answer = client.post(body, headers)
    return answer.status, answer.json()["error"]


def test_ping_is_healthy_once_the_model_is_loaded(client: Client) -> None:
    assert client.get("/ping").status == 200


def test_a_csv_row_is_answered_with_its_score_and_the_version(client: Client, model: Model) -> None:
    answer = client.post(ROW, CSV)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8; version=3"
    assert scores(answer.text) == expected(model, [2, 3.5, 7])


def test_several_rows_are_answered_in_their_order(client: Client, model: Model) -> None:
    body = f"{ROW}\neast,9,1,2024-01-01T00:00:00Z\n"

    answer = client.post(body, CSV)

    assert scores(answer.text) == expected(model, [2, 3.5, 7], [0, 9, 1])


def test_one_row_alone_scores_as_it_does_among_others(client: Client) -> None:
    rows = [f"{region},{weight},4" for region in ("north", "south", "x") for weight in (1, "", 9)]

    together = client.post("\n".join(rows), CSV).text
    alone = [client.post(row, CSV).text for row in rows]

    assert together == "".join(alone)


@pytest.mark.parametrize(
    "body",
    [
        ROW,
        "south,3.5,7",
        "south,3.5,7\r\n",
        '"south","3.5",7,"2024-01-01"',
        "south, 3.50 ,7.0,",
    ],
)
def test_the_same_row_may_be_written_in_several_ways(
    client: Client, model: Model, body: str
) -> None:
    answer = client.post(body, CSV)

    assert scores(answer.text) == expected(model, [2, 3.5, 7])


def test_missing_values_and_unknown_categories_are_scored_as_missing(
    client: Client, model: Model
) -> None:
    answer = client.post("nowhere,,7,", CSV)

    assert scores(answer.text) == expected(model, [np.nan, np.nan, 7])


def test_a_quoted_category_may_hold_a_comma(client: Client, model: Model) -> None:
    answer = client.post('"south, west",3.5,7', CSV)

    assert scores(answer.text) == expected(model, [np.nan, 3.5, 7])


def test_json_instances_are_answered_with_predictions(client: Client, model: Model) -> None:
    body = {
        "instances": [
            {"region": "south", "weight": 3.5, "wind": 7, "sent": "2024-01-01T00:00:00Z"},
            {"region": None, "weight": 3},
        ]
    }

    answer = client.post(json.dumps(body), JSON)

    assert answer.headers["content-type"] == "application/json; version=3"
    assert answer.json() == {"predictions": expected(model, [2, 3.5, 7], [np.nan, 3, np.nan])}


def test_the_answer_is_of_the_kind_that_the_client_accepts(client: Client, model: Model) -> None:
    answer = client.post(ROW, {**CSV, "accept": "application/json"})

    assert answer.json() == {"predictions": expected(model, [2, 3.5, 7])}


def test_a_long_body_is_answered_whole(client: Client) -> None:
    answer = client.post(f"{ROW}\n" * 10_000, CSV)

    assert len(answer.text.splitlines()) == 10_000


def test_without_a_version_the_answer_names_none(model: Model) -> None:
    answer = Client(create_app(model, version="")).post(ROW, CSV)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "an empty body"),
        (b"\n\n", "an empty body"),
        (b"south,3.5", "2 columns in row 0"),
        (b"south,3.5,7,2024-01-01,1", "5 columns in row 0"),
        (f"{ROW}\nsouth".encode(), "1 columns in row 1"),
        (b"region,weight,wind,sent", "'weight' in column weight, row 0"),
        (b"south,heavy,7", "'heavy' in column weight, row 0"),
        (b"south,3.5,-inf", "'-inf' in column wind, row 0"),
        (b"south,3.5,1e999", "'1e999' in column wind, row 0"),
        (b'"south,3.5,7', "unexpected end of data"),
        (b"\xff\xfe,1,2", "bytes that are not UTF-8 at 0"),
    ],
)
def test_csv_that_cannot_be_read_is_the_clients_fault(
    client: Client, body: bytes, found: str
) -> None:
    status, error = fault(client, body, CSV)

    assert (status, error["found"]) == (400, found)
    assert error["expected"]
    assert error["remedy"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", "invalid JSON"),
        ("{", "invalid JSON"),
        ("[1]", "another JSON document"),
        ('{"rows": []}', "another JSON document"),
        ('{"instances": []}', "another JSON document"),
        ('{"instances": [[1, 2]]}', "list as instance 0"),
        ('{"instances": [{"wheight": 1}]}', "unknown columns ['wheight'] in instance 0"),
        ('{"instances": [{"late": 1}]}', "unknown columns ['late'] in instance 0"),
        ('{"instances": [{"weight": "3"}]}', "'3' in column weight, row 0"),
        ('{"instances": [{"weight": true}]}', "'True' in column weight, row 0"),
        ('{"instances": [{"weight": 1}, {"region": 1.5}]}', "'1.5' in column region, instance 1"),
    ],
)
def test_json_that_cannot_be_read_is_the_clients_fault(
    client: Client, body: str, found: str
) -> None:
    status, error = fault(client, body, JSON)

    assert status == 400
    assert error["found"].startswith(found)


@pytest.mark.parametrize("kind", ["application/x-npy", "application/octet-stream", ""])
def test_other_content_types_are_not_supported(client: Client, kind: str) -> None:
    status, error = fault(client, ROW, {"content-type": kind})

    assert (status, error["expected"]) == (415, "text/csv or application/json")


def test_a_body_above_the_limit_is_refused_by_its_header(client: Client) -> None:
    status, error = fault(client, b"0" * (LARGEST_BODY + 1), CSV)

    assert (status, error["remedy"]) == (413, "send fewer rows a request")


def test_a_body_above_the_limit_is_refused_also_without_a_length(client: Client) -> None:
    answer = client.post_chunks([b"0" * 1024 * 1024] * 26, CSV)

    assert answer.status == 413


def test_the_server_goes_on_after_a_fault(client: Client) -> None:
    client.post("nonsense", CSV)

    assert client.post(ROW, CSV).status == 200
