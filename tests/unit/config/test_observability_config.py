"""What a stage may say of metrics, paging, dashboards and search."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tidewatch.core.config.observability import Observability
from tidewatch.core.config.stage import Alerting


def test_a_stage_that_says_nothing_has_metrics_and_nothing_that_costs_by_the_hour() -> None:
    found = Observability()
    assert (found.retention_days, found.anomaly_detection) == (150, True)
    assert (found.grafana, found.opensearch) == (None, None)


def test_grafana_reads_opensearch_only_where_there_is_one() -> None:
    grafana: dict[str, Any] = {"data_sources": ["opensearch"]}
    with pytest.raises(ValidationError, match="expected an `opensearch`"):
        Observability.model_validate({"grafana": grafana})
    search: dict[str, Any] = {"kind": "serverless"}
    assert Observability.model_validate({"grafana": grafana, "opensearch": search}).grafana


def test_grafanas_version_is_pinned_though_a_stage_says_nothing_of_it() -> None:
    found = Observability.model_validate({"grafana": {}}).grafana
    assert found is not None
    assert found.version == "12.4"


@pytest.mark.parametrize(
    ("version", "plugin"),
    [
        ("9.4", "prometheus"),
        ("10.4", "prometheus"),
        ("12.4", "grafana-amazonprometheus-datasource"),
    ],
)
def test_the_metrics_plugin_is_the_one_that_the_version_can_sign_with(
    version: str, plugin: str
) -> None:
    found = Observability.model_validate({"grafana": {"version": version}}).grafana
    assert found is not None
    assert found.prometheus_plugin == plugin


@pytest.mark.parametrize(
    "wrong",
    [
        {"retention_days": 1096},
        {"out_of_order_seconds": 601},
        {"grafana": {"version": "8.4"}},
        {"grafana": {"version": "11.0"}},
        {"opensearch": {"kind": "cluster"}},
        {"opensearch": {"kind": "domain", "instance_type": "m7g.medium"}},
    ],
)
def test_what_the_services_would_refuse_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Observability.model_validate(wrong)


def test_alarms_page_only_where_there_is_a_pager() -> None:
    with pytest.raises(ValidationError, match="expected `pagerduty: true`"):
        Alerting(page_on_alarms=True)
    assert Alerting(page_on_alarms=True, pagerduty=True).pagerduty_key_generation == 1
