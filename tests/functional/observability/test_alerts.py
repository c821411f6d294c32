"""A sample fires a rule of a real Prometheus, and a real Alertmanager tells SNS and PagerDuty."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from localcloud import alertmanager, prometheus
from localcloud.alertmanager_definition import DefinitionError
from tests.functional.observability.receiver import eventually, receiving
from tidewatch.aws.remote_write import RemoteWriteError, RemoteWriter, Sample

TOPIC = "arn:aws:sns:us-east-1:123456789012:critical"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:pagerduty"
SNS_ANSWER = (
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>'
    "<MessageId>1</MessageId></PublishResult></PublishResponse>"
)
RULES = """
groups:
- name: drift
  interval: 1s
  rules:
  - alert: FeatureDriftCritical
    expr: last_over_time(tidewatch_data_monitor_psi[2h]) > 0.5
    labels: {severity: critical}
    annotations: {summary: '{{ $labels.feature }} PSI {{ $value | printf "%.2f" }}'}
"""
DEFINITION = f"""
template_files:
  people: |
    {{{{ define "people" }}}}{{{{ (index .Alerts 0).Annotations.summary }}}}{{{{ end }}}}
alertmanager_config: |
  templates: [people]
  route: {{receiver: people, group_by: [alertname], group_wait: 0s}}
  receivers:
  - name: people
    sns_configs:
    - topic_arn: {TOPIC}
      sigv4: {{region: us-east-1}}
      subject: '[{{{{ .CommonLabels.severity }}}}]'
      message: '{{{{ template "people" . }}}}'
    pagerduty_configs:
    - routing_key: {{aws_secrets_manager: {{secret_arn: '{SECRET}', secret_key: key}}}}
      severity: critical
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[prometheus.Prometheus]:
    started = prometheus.start("ws-1", tmp_path)
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the samples are signed with; Prometheus itself does not look."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def write(server: prometheus.Prometheus, value: float, seconds_ago: float = 0) -> None:
    moment = int((time.time() - seconds_ago) * 1000)
    labels = {"model": "flights", "feature": "temp"}
    sample = Sample("tidewatch_data_monitor_psi", labels, value, moment)
    RemoteWriter(f"{server.url}/api/v1/write").send([sample])


def rule_names(server: prometheus.Prometheus) -> list[str]:
    groups = requests.get(f"{server.url}/api/v1/rules", timeout=30).json()["data"]["groups"]
    return [rule["name"] for group in groups for rule in group["rules"]]


def start_alertmanager(home: Path, sns: str, pagerduty: str) -> alertmanager.Alertmanager:
    secrets = {SECRET: json.dumps({"key": "k" * 32})}
    return alertmanager.start(
        "ws-1", home, DEFINITION, sns, "us-east-1", pagerduty, secrets.__getitem__
    )


def test_a_sample_that_breaks_a_rule_reaches_sns_and_pagerduty(
    server: prometheus.Prometheus, tmp_path: Path
) -> None:
    with receiving(SNS_ANSWER) as sns, receiving("{}") as pagerduty:
        manager = start_alertmanager(tmp_path, sns.url, f"{pagerduty.url}/v2/enqueue")
        server.write_rules("drift", RULES)
        server.set_alertmanager(manager.url)
        write(server, 0.83)
        eventually(lambda: bool(sns.received) and bool(pagerduty.received))
        manager.stop()
    call = sns.form()
    assert (call["Action"], call["TopicArn"]) == ("Publish", TOPIC)
    assert (call["Subject"], call["Message"]) == ("[critical]", "temp PSI 0.83")
    path, body = pagerduty.received[0]
    event = json.loads(body)
    assert (path, event["routing_key"]) == ("/v2/enqueue", "k" * 32)
    assert (event["event_action"], event["payload"]["severity"]) == ("trigger", "critical")


def test_rules_that_do_not_parse_are_refused_and_the_old_ones_stay(
    server: prometheus.Prometheus,
) -> None:
    server.write_rules("drift", RULES)
    with pytest.raises(prometheus.PrometheusError, match="could not parse expression"):
        server.write_rules("drift", RULES.replace("> 0.5", ">"))
    assert rule_names(server) == ["FeatureDriftCritical"]


def test_removed_rules_are_no_longer_evaluated(server: prometheus.Prometheus) -> None:
    server.write_rules("drift", RULES)
    server.remove_rules("drift")
    assert rule_names(server) == []


def test_removing_rules_that_are_not_there_is_no_error(server: prometheus.Prometheus) -> None:
    server.remove_rules("none")
    assert rule_names(server) == []


def test_a_namespace_cannot_leave_its_folder(server: prometheus.Prometheus) -> None:
    with pytest.raises(prometheus.PrometheusError, match="no file name"):
        server.write_rules("../prometheus", RULES)


def test_a_sample_that_comes_too_late_is_refused(server: prometheus.Prometheus) -> None:
    write(server, 0.1)
    with pytest.raises(RemoteWriteError):
        write(server, 0.2, seconds_ago=3600)


def test_series_and_rules_survive_a_restart(tmp_path: Path) -> None:
    first = prometheus.start("ws-1", tmp_path)
    first.write_rules("drift", RULES)
    write(first, 0.83)
    first.stop()
    second = prometheus.start("ws-1", tmp_path)
    query = {"query": "last_over_time(tidewatch_data_monitor_psi[2h])"}
    found = requests.get(f"{second.url}/api/v1/query", params=query, timeout=30).json()
    names = rule_names(second)
    second.stop()
    assert [series["value"][1] for series in found["data"]["result"]] == ["0.83"]
    assert names == ["FeatureDriftCritical"]


def test_a_definition_that_alertmanager_refuses_is_refused_with_its_words(tmp_path: Path) -> None:
    definition = "alertmanager_config: |\n  route: {receiver: nobody}\n  receivers: []\n"
    with pytest.raises(DefinitionError, match='undefined receiver "nobody"'):
        alertmanager.start("ws-1", tmp_path, definition, "", "us-east-1", "", str)


def test_the_configuration_holds_a_key_and_is_for_its_owner_only(tmp_path: Path) -> None:
    manager = start_alertmanager(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:1")
    manager.stop()
    file = tmp_path / "alertmanager/ws-1/alertmanager.yml"
    assert "k" * 32 in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
