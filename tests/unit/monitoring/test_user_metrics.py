"""The model's own metrics: measured for the whole and each segment, walled in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.monitoring.world import baseline
from tidewatch.core.config.user_metric import UserMetric
from tidewatch.core.verdict import Verdict
from tidewatch.monitoring.metric_error import MetricError
from tidewatch.monitoring.segments import with_segments
from tidewatch.monitoring.sql_metric import SqlMetrics
from tidewatch.monitoring.user_metrics import UserMetrics, measure_user_metrics

ROWS = pa.table(
    {
        "version": ["1"] * 6,
        "score": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
        "carrier": ["UA", "UA", "AA", "AA", "XX", None],
        "price": [10.0, 20.0, 30.0, None, 50.0, 60.0],
        "label": [1.0, 0.0, 1.0, 1.0, None, None],
    }
)


def measured(metrics: Mapping[str, Any], min_rows: int = 1) -> UserMetrics:
    parsed = {name: UserMetric.model_validate(metric) for name, metric in metrics.items()}
    rows = with_segments(ROWS, ["carrier"], baseline())
    return measure_user_metrics(parsed, rows, ["carrier"], min_rows)


def values(found: UserMetrics) -> dict[tuple[str, str], tuple[float | None, int]]:
    return {(item.metric, item.segment): (item.value, item.rows) for item in found.measurements}


def test_an_expression_is_measured_over_the_whole_and_in_each_segment() -> None:
    found = measured({"conversion": {"sql": "avg(label)"}, "revenue": {"sql": "sum(price)"}})
    assert not found.faults
    assert values(found) == {
        ("conversion", ""): (0.75, 4),
        ("conversion", "carrier=AA"): (1.0, 2),
        ("conversion", "carrier=UA"): (0.5, 2),
        ("conversion", "carrier=(other)"): (None, 0),
        ("conversion", "carrier=(missing)"): (None, 0),
        ("revenue", ""): (170.0, 6),
        ("revenue", "carrier=AA"): (30.0, 2),
        ("revenue", "carrier=UA"): (30.0, 2),
        ("revenue", "carrier=(other)"): (50.0, 1),
        ("revenue", "carrier=(missing)"): (60.0, 1),
    }


@pytest.mark.parametrize(
    ("direction", "limits", "verdict"),
    [
        ("lower_is_worse", {"warning": 0.8, "critical": 0.5}, Verdict.WARNING),
        ("lower_is_worse", {"warning": 0.9, "critical": 0.75}, Verdict.CRITICAL),
        ("higher_is_worse", {"warning": 0.8, "critical": 0.9}, Verdict.OK),
    ],
)
def test_limits_judge_the_whole_in_their_direction(
    direction: str, limits: dict[str, float], verdict: Verdict
) -> None:
    metric = {"sql": "avg(label)", "limits": limits, "direction": direction}
    found = measured({"conversion": metric})
    [judgement] = found.judgements
    assert (judgement.metric, judgement.verdict, judgement.rows) == ("conversion", verdict, 4)
    assert all(item.segment for item in found.measurements)


def test_too_few_labels_are_insufficient_data() -> None:
    metric = {
        "sql": "avg(label)",
        "limits": {"warning": 0.8, "critical": 0.5},
        "direction": "lower_is_worse",
    }
    [judgement] = measured({"conversion": metric}, min_rows=5).judgements
    assert judgement.verdict is Verdict.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("avg(nowhere)", "BinderException"),
        ("avg(", "ParserException"),
        ("score", "must appear in the GROUP BY"),
        ("max(carrier)", "a value of type str"),
        ("bool_and(true)", "a value of type bool"),
        ("1); DROP TABLE predictions; SELECT (1", "ParserException"),
        ("1]; DROP TABLE predictions; SELECT [1", "several statements"),
        ("1), (2", "ParserException"),
        ("1) FROM predictions UNION ALL SELECT 'x', 1, 1, (2", "ParserException"),
        ("1, 2", "dict"),
        ("[1, 2]", "list"),
        ("now()", "datetime"),
        ("avg(label)) FROM predictions --", "ParserException"),
        ("(SELECT count(*) FROM read_csv('/etc/passwd'))", "PermissionException"),
        ("(SELECT count(*) FROM glob('/*'))", "PermissionException"),
        ("(SELECT count(*) FROM rows)", "CatalogException"),
    ],
)
def test_a_faulty_expression_is_a_fault_and_the_others_are_measured(sql: str, found: str) -> None:
    result = measured({"faulty": {"sql": sql}, "fine": {"sql": "count(*)"}})
    [fault] = result.faults
    assert fault.where == "monitoring.metrics.faulty"
    assert found in fault.found
    assert values(result)["fine", ""] == (6.0, 6)
    assert {item.metric for item in result.measurements} == {"fine"}


def test_an_expression_may_end_in_a_comment() -> None:
    assert values(measured({"n": {"sql": "count(*) -- all of them"}}))["n", ""] == (6.0, 6)


@pytest.mark.parametrize("sql", ["1.0 / 0.0 * count(*)", "'nan'::DOUBLE", "NULL", "avg(NULL::INT)"])
def test_what_is_no_finite_number_is_none(sql: str) -> None:
    assert values(measured({"m": {"sql": sql}}))["m", ""] == (None, 6)


@pytest.mark.parametrize(
    ("sql", "value"), [("sum(1::DECIMAL(10, 2))", 6.0), ("sum(1::HUGEINT)", 6.0)]
)
def test_numbers_of_every_kind_are_taken(sql: str, value: float) -> None:
    assert values(measured({"m": {"sql": sql}}))["m", ""] == (value, 6)


def test_an_expression_that_never_ends_is_ended() -> None:
    sql = SqlMetrics(with_segments(ROWS, [], baseline()), [], seconds=0.2)
    started = time.monotonic()
    with pytest.raises(MetricError, match=r"no answer within 0\.2 s"):
        sql.evaluate("slow", "(SELECT count(*) FROM range(10000000) a, range(10000000) b)")
    assert time.monotonic() - started < 10
    assert sql.evaluate("quick", "count(*)")[0].value == 6.0


def test_no_expression_writes_or_opens_the_walls(tmp_path: Path) -> None:
    sql = SqlMetrics(ROWS, [])
    for statement in (
        f"COPY predictions TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/db'",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
    ):
        with pytest.raises(MetricError):
            sql.evaluate("evil", f"1); {statement}; SELECT (1")
        with pytest.raises(Exception, match=r"locked|disabled"):
            sql._database.execute(statement)
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_any_text_is_a_number_or_a_fault(text: str) -> None:
    sql = SqlMetrics(ROWS, [])
    try:
        found = sql.evaluate("any", text)
    except MetricError:
        return
    assert [item.segment for item in found] == [""]


@pytest.mark.parametrize(("function", "whole"), [("spread", pytest.approx(0.5)), ("unknown", None)])
def test_an_entry_point_is_measured_over_the_whole_and_in_each_segment(
    function: str, whole: float | None
) -> None:
    found = measured({"m": {"entry_point": f"tests.unit.monitoring.kpis:{function}"}})
    assert not found.faults
    assert values(found)["m", ""] == (whole, 4)
    assert ("m", "carrier=UA") in values(found)


@pytest.mark.parametrize(
    ("entry_point", "found"),
    [
        ("tests.unit.monitoring.kpis:absent", "AttributeError"),
        ("no.such.module:spread", "ModuleNotFoundError"),
        ("tests.unit.monitoring.kpis:broken", "KeyError"),
        ("tests.unit.monitoring.kpis:text", "ValueError"),
    ],
)
def test_a_faulty_entry_point_is_a_fault_and_the_others_are_measured(
    entry_point: str, found: str
) -> None:
    result = measured({"faulty": {"entry_point": entry_point}, "fine": {"sql": "count(*)"}})
    [fault] = result.faults
    assert found in fault.found
    assert values(result)["fine", ""] == (6.0, 6)


def test_segments_of_an_expression_add_up_to_the_whole() -> None:
    random = np.random.default_rng(1)
    rows = pa.table(
        {
            "carrier": random.choice(["AA", "UA", "XX"], 5_000),
            "label": random.integers(0, 2, 5_000).astype(float),
        }
    )
    found = SqlMetrics(with_segments(rows, ["carrier"], baseline()), ["carrier"]).evaluate(
        "sales", "sum(label)"
    )
    whole, *parts = found
    assert whole.value == sum(item.value or 0 for item in parts)
    assert (whole.rows, whole.labelled) == (5_000, 5_000)
