"""What a stage costs: counted, multiplied, summed, and honest about what is missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stacks.cost.line import Line
from stacks.cost.prices import HOURS, PRICES, Prices
from stacks.cost.report import report
from stacks.cost.running import Volume, running
from stacks.cost.standing import standing
from tidewatch.core.config import Config, load_config

US = PRICES["us-east-1"]
PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(PROJECT / "config", "prod")


def template(**resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "Resources": {
            name: {"Type": kind, "Properties": properties}
            for name, (kind, properties) in resources.items()
        }
    }


def found(lines: list[Line], start: str) -> Line:
    (line,) = [line for line in lines if line.driver.startswith(start)]
    return line


def test_what_stands_in_a_template_is_paid_for_by_the_piece() -> None:
    lines = standing(
        "storage",
        template(
            One=("AWS::KMS::Key", {}),
            Two=("AWS::KMS::Key", {}),
            Secret=("AWS::SecretsManager::Secret", {}),
            Free=("AWS::S3::Bucket", {}),
        ),
        US,
    )
    assert lines == [
        Line("storage", "KMS key", "2", 2.0),
        Line("storage", "secret", "1", 0.4),
    ]


def test_an_interface_endpoint_is_paid_in_every_zone_and_a_gateway_nowhere() -> None:
    lines = standing(
        "network",
        template(
            Logs=("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Interface", "SubnetIds": [1, 2]}),
            S3=("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Gateway"}),
        ),
        US,
    )
    assert [line.usd for line in lines] == [pytest.approx(2 * HOURS * 0.01)]


def test_an_alarm_costs_by_its_metrics_and_three_times_that_where_it_learns() -> None:
    metric: dict[str, Any] = {"MetricStat": {}}
    band = {"Expression": "ANOMALY_DETECTION_BAND(m, 2)"}
    lines = standing(
        "health",
        template(
            Plain=("AWS::CloudWatch::Alarm", {"MetricName": "m"}),
            Share=("AWS::CloudWatch::Alarm", {"Metrics": [metric, metric, {"Expression": "a/b"}]}),
            Usual=("AWS::CloudWatch::Alarm", {"Metrics": [metric, band]}),
        ),
        US,
    )
    assert found(lines, "alarm").usd == pytest.approx(0.3)
    assert found(lines, "anomaly alarm").usd == pytest.approx(0.3)


def test_both_variants_of_an_endpoint_are_paid_all_month(config: Config) -> None:
    (model,) = config.models
    line = found(running(config, Volume(), US), "endpoint instances")
    hour = US.instances[model.serving.instance_type]
    assert line.usd == pytest.approx(2 * model.serving.instance_count * HOURS * hour)


def test_trials_are_paid_by_the_hour_their_start_included(config: Config) -> None:
    (model,) = config.models
    volume = Volume(trainings_a_month=3, trial=timedelta(minutes=27))
    line = found(running(config, volume, US), "trials")
    assert line.quantity == f"{3 * model.training.tuning.jobs * 0.5:.1f} h"


def test_twice_the_predictions_keep_twice_the_bytes(config: Config) -> None:
    once, twice = (
        found(running(config, Volume(predictions_a_day=count), US), "90 days of capture").usd
        for count in (1_000_000, 2_000_000)
    )
    assert once
    assert twice == pytest.approx(2 * once)


def test_what_has_no_price_here_is_said_and_not_taken_for_nothing(config: Config) -> None:
    poor = Prices(region="nowhere", instances={})
    lines = running(config, Volume(), poor)
    assert found(lines, "endpoint instances").usd is None
    text = report(lines, [], "nowhere")
    assert "endpoint instances, ml.m5.large: not in the table of prices" in text
    assert " ?" in text


def test_the_report_sums_each_stack_and_all_and_says_how_old_its_prices_are() -> None:
    lines = [Line("b", "two", "2", 2.5), Line("a", "one", "1", 1.0), Line("b", "three", "3", 4.0)]
    text = report(lines, ["100 predictions a day"], "us-east-1")
    rows = [line.split() for line in text.splitlines()]
    assert ["a", "together", "1.00"] in rows
    assert ["b", "together", "6.50"] in rows
    assert ["all", "together", "7.50"] in rows
    assert "November 2025" in text
    assert "100 predictions a day" in text
    assert "Left out:" in text


@pytest.mark.parametrize("region", sorted(PRICES))
def test_every_region_of_the_table_prices_the_same_machines(region: str) -> None:
    prices = PRICES[region]
    assert set(prices.instances) == set(US.instances)
    for name in prices.instances:
        instance = prices.instance(name)
        assert instance is not None
        assert instance.cpu_hour > 0


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_machines_of_our_own_stages_are_in_the_table(stage: str) -> None:
    lines = running(load_config(PROJECT / "config", stage), Volume(), US)
    assert not [line for line in lines if line.usd is None]
