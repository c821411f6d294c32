"""What a model's file says of the engine."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from tests.unit.monitoring.world import MODEL
from tidewatch.core.config import Monitoring

REST = {"window": "1d", "lateness": "1h", "max_runtime": timedelta(minutes=30)}


def monitoring(**given: object) -> Monitoring:
    return Monitoring.model_validate(REST | given)


def test_one_job_is_the_default() -> None:
    assert MODEL.monitoring.engine == "job"
    assert not MODEL.monitoring.uses_spark


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"engine": "spark"}, True),
        ({"engine": "auto"}, False),
        ({"engine": "auto", "spark_rows": 10**9}, True),
        ({"engine": "sharded", "spark_rows": 10**9}, False),
    ],
)
def test_spark_is_there_for_who_asks_for_it(given: dict[str, object], expected: bool) -> None:
    assert monitoring(**given).uses_spark is expected


def test_spark_takes_more_rows_than_shards_do() -> None:
    with pytest.raises(ValidationError, match="spark_rows must be above shard_rows"):
        monitoring(engine="auto", shard_rows=1_000, spark_rows=1_000)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValidationError, match="'job', 'auto', 'sharded' or 'spark'"):
        monitoring(engine="hadoop")
