"""The plan's arithmetic."""

from __future__ import annotations

import pytest

from benchmarks.scale.cost import (
    START_SECONDS,
    Rates,
    cores_for,
    jobs,
    on_spark,
    requests_day,
    spread,
    storage_month,
)
from stacks.cost.prices import Instance

RATES = Rates(
    parsed=500_000,
    profiled=1_000_000,
    spark=250_000,
    scanned=20_000_000,
    merge_seconds=0.1,
    record_bytes=1_000,
    row_bytes=100,
    partial_bytes=1_000_000,
)


def test_work_is_divided_among_all_cpus_and_every_instance_is_paid_from_its_start() -> None:
    job = spread("x", 7_200, Instance("m", 3.6, 4, 16), 2)
    assert job.seconds == 900
    assert job.cost == pytest.approx(2 * (900 + START_SECONDS) * 3.6 / 3600)


def test_more_instances_are_faster_and_never_cheaper() -> None:
    few, many = (jobs(10**9, RATES, count)[2] for count in (2, 8))
    assert few.seconds == pytest.approx(4 * many.seconds)
    assert few.cost < many.cost


def test_a_billion_rows_at_a_million_a_second_take_a_thousand_cpu_seconds() -> None:
    assert cores_for(10**9, RATES.profiled, 100) == 10
    assert on_spark(10**9, RATES, 10).seconds == pytest.approx(100)


def test_what_is_kept_is_paid_by_the_gigabyte_and_month() -> None:
    assert storage_month(10**9, RATES, capture_days=1, log_days=10) == pytest.approx(2_000 * 0.023)
    assert requests_day(10**9, RATES, object_mb=100) == pytest.approx(
        11_000 / 1000 * 0.005 + 12_000 / 1000 * 0.0004
    )
