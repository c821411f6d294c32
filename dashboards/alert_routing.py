"""Where alerts go: the Alertmanager definition, rendered from topics and a secret."""

from __future__ import annotations

import math
from dataclasses import dataclass

import yaml

_TEMPLATE_FILE = "tidewatch.tmpl"

# A message tells what fires; once nothing does, it tells what ended.
_TOLD = r"""
{{ define "tidewatch.clean" }}{{ reReplaceAll "[\"\\\\\n\r\t]" " " . }}{{ end }}
{{ define "tidewatch.status" -}}
  {{ if eq .Status "firing" }}{{ .CommonLabels.severity | toUpper }}{{ else }}RESOLVED{{ end }}
{{- end }}
{{ define "tidewatch.subject" -}}
  {{ template "tidewatch.status" . }}: {{ .GroupLabels.alertname }} ({{ .GroupLabels.model }})
{{- end }}
"""

# Plain words, for people who read a message as it is (e-mail) and for the severity topics.
_TEXT = r"""
{{ define "tidewatch.words" -}}
  {{ range . }}{{ .Annotations.summary }} ({{ .Status }})
Impact: {{ .Annotations.impact }}
Do: {{ .Annotations.action }}
Runbook: {{ .Annotations.runbook }}

{{ end }}
{{- end }}
{{ define "tidewatch.text" -}}
  {{ if eq .Status "firing" }}{{ template "tidewatch.words" .Alerts.Firing }}
  {{- else }}{{ template "tidewatch.words" .Alerts.Resolved }}{{ end }}
{{- end }}
"""

# Amazon Q Developer shows only messages of its own schema and drops all others silently.
_CHAT = r"""
{{ define "tidewatch.lines" -}}
  {{ range . -}}
    • *{{ template "tidewatch.clean" .Annotations.summary }}*\n
    {{- template "tidewatch.clean" .Annotations.impact }}\n
    {{- template "tidewatch.clean" .Annotations.action }}\n
  {{- end }}
{{- end }}
{{ define "tidewatch.description" -}}
  {{ if eq .Status "firing" }}{{ template "tidewatch.lines" .Alerts.Firing }}
  {{- else }}{{ template "tidewatch.lines" .Alerts.Resolved }}{{ end }}
{{- end }}
{{ define "tidewatch.chat" -}}
{
  "version": "1.0",
  "source": "custom",
  "content": {
    "textType": "client-markdown",
    "title": "{{ template "tidewatch.subject" . }}",
    "description": "{{ template "tidewatch.description" . }}",
    "keywords": ["{{ .GroupLabels.model }}", "{{ .CommonLabels.severity }}"]
  },
  "metadata": {"threadId": "{{ .GroupLabels.alertname }}-{{ .GroupLabels.model }}"}
}
{{- end }}
"""


@dataclass(frozen=True)
class Destinations:
    """ARNs of what alerts are sent to. A destination that is None is left out."""

    region: str
    critical_topic: str
    warning_topic: str
    info_topic: str
    chat_topic: str
    mail_topic: str
    pagerduty_secret: str | None


def alert_manager_definition(to: Destinations, group_wait: str) -> str:
    """The definition as Amazon Managed Prometheus takes it, as YAML."""
    config = {
        "templates": [_TEMPLATE_FILE],
        "route": {
            "receiver": "info",
            "group_by": ["alertname", "model"],
            "group_wait": group_wait,
            "group_interval": "5m",
            "repeat_interval": "4h",
            "routes": [
                {"matchers": ['severity="critical"'], "receiver": "critical"},
                {"matchers": ['severity="warning"'], "receiver": "warning"},
            ],
        },
        "inhibit_rules": [
            {
                "source_matchers": ['severity="critical"'],
                "target_matchers": ['severity="warning"'],
                "equal": ["model", "version", "variant", "unit"],
            }
        ],
        "receivers": [_critical(to), _warning(to), _info(to)],
    }
    # A line that is wrapped would be so elsewhere for a reference of another length, and the CDK
    # numbers its references anew in each synthesis.
    return yaml.safe_dump(
        {
            "template_files": {_TEMPLATE_FILE: _TOLD + _TEXT + _CHAT},
            "alertmanager_config": yaml.safe_dump(config, sort_keys=False, width=math.inf),
        },
        sort_keys=False,
        width=math.inf,
    )


def _critical(to: Destinations) -> dict[str, object]:
    receiver: dict[str, object] = {
        "name": "critical",
        "sns_configs": [_text(to, to.critical_topic), _text(to, to.mail_topic), _chat(to)],
    }
    if to.pagerduty_secret is not None:
        secret = {"secret_arn": to.pagerduty_secret, "secret_key": "routing_key"}
        receiver["pagerduty_configs"] = [
            {
                "routing_key": {"aws_secrets_manager": secret},
                "severity": "critical",
                "description": "{{ (index .Alerts 0).Annotations.summary }}",
                "class": "{{ .GroupLabels.alertname }}",
                "component": "{{ .GroupLabels.model }}",
                "details": {
                    "impact": "{{ (index .Alerts 0).Annotations.impact }}",
                    "action": "{{ (index .Alerts 0).Annotations.action }}",
                    "runbook": "{{ (index .Alerts 0).Annotations.runbook }}",
                },
            }
        ]
    return receiver


def _warning(to: Destinations) -> dict[str, object]:
    return {"name": "warning", "sns_configs": [_text(to, to.warning_topic), _chat(to)]}


def _info(to: Destinations) -> dict[str, object]:
    return {"name": "info", "sns_configs": [_text(to, to.info_topic)]}


def _text(to: Destinations, topic: str) -> dict[str, object]:
    return {
        **_sns(to, topic),
        "subject": '{{ template "tidewatch.subject" . }}',
        "message": '{{ template "tidewatch.text" . }}',
    }


def _chat(to: Destinations) -> dict[str, object]:
    return {**_sns(to, to.chat_topic), "message": '{{ template "tidewatch.chat" . }}'}


def _sns(to: Destinations, topic: str) -> dict[str, object]:
    return {
        "topic_arn": topic,
        "sigv4": {"region": to.region},
        "attributes": {"severity": "{{ .CommonLabels.severity }}"},
        "send_resolved": True,
    }
