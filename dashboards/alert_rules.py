"""The alert rules: what becomes an alert, how severe it is, and what people are told."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import yaml

from tidewatch.core.config import ModelConfig

Severity = Literal["warning", "critical"]

# A run takes a while, and no two take the same.
_LATE = timedelta(minutes=5)
# What the monitors publish as `tidewatch_<unit>_verdict`.
_CODES: dict[Severity, int] = {"warning": 1, "critical": 2}


@dataclass(frozen=True)
class AlertRule:
    """One Prometheus alerting rule and the words that reach people."""

    name: str
    severity: Severity
    unit: str
    """Whose matter it is: a critical alert mutes the warnings of the same unit only."""
    expression: str
    summary: str
    impact: str
    action: str
    hold: str = "0s"

    def render(self) -> dict[str, object]:
        """The rule as Prometheus takes it."""
        return {
            "alert": self.name,
            "expr": self.expression,
            "for": self.hold,
            "labels": {"severity": self.severity, "unit": self.unit},
            "annotations": {
                "summary": self.summary,
                "impact": self.impact,
                "action": self.action,
                "runbook": f"docs/runbooks/{self.name}.md",
            },
        }


@dataclass(frozen=True)
class _Monitor:
    """A unit whose verdicts alert, with its words."""

    unit: str
    subject: str
    impact: str
    action: str
    severities: tuple[Severity, ...] = ("warning", "critical")


_MONITORS = (
    _Monitor(
        "data_monitor",
        "Data drift",
        "The model now sees data unlike the data it was trained on; its answers may be wrong.",
        "Look at the drifted features; if the change is real, let retraining run.",
    ),
    _Monitor(
        "model_monitor",
        "Model quality",
        "Labels show that the model's answers have become worse than they were in validation.",
        "Compare the variants; shift traffic to the better one, or roll back.",
    ),
    _Monitor(
        "performance_estimate",
        "Estimated quality",
        "No label says so yet, but the answers have become less sure; they may be worse than"
        " they were in validation.",
        "Look at drift of the same window, and get its labels early; an estimate never pages.",
        severities=("warning",),
    ),
    _Monitor(
        "prediction_log",
        "Quarantined records",
        "Part of the captured traffic cannot be read, so the other monitors judge the rest only.",
        "Read the reasons in the quarantine table and mend the client or the contract.",
    ),
)


def rule_groups(models: Iterable[ModelConfig], interval: str, rate: timedelta) -> str:
    """The rule file of all models, as YAML.

    `interval` is how often the rules are evaluated, `rate` how often the monitors run where a
    model has no schedule of its own.
    """
    groups = [
        {
            "name": f"tidewatch-{model.name}",
            "interval": interval,
            "rules": [rule.render() for rule in rules_for(model, model.monitoring.rate(rate))],
        }
        for model in models
    ]
    return yaml.safe_dump({"groups": groups}, sort_keys=False, width=math.inf)


def longest_silence(rate: timedelta) -> timedelta:
    """How long a monitor that runs at `rate` may be silent: three runs missed are no chance."""
    return 3 * rate + _LATE


def rules_for(model: ModelConfig, rate: timedelta) -> list[AlertRule]:
    """The rules of one model."""
    silence = longest_silence(rate)
    verdicts = [
        _verdict_rule(model, monitor, severity, silence)
        for monitor in _MONITORS
        for severity in monitor.severities
    ]
    return [*verdicts, _dead_monitor(model, rate)]


def _verdict_rule(
    model: ModelConfig, monitor: _Monitor, severity: Severity, silence: timedelta
) -> AlertRule:
    # Every run shows the newest verdict of whoever serves; to Prometheus a gauge is stale after
    # five minutes, so the rule looks back as long as a monitor may be silent. A version that was
    # replaced falls silent, and its alert ends.
    lookback = promql_duration(silence)
    series = f'tidewatch_{monitor.unit}_verdict{{model="{model.name}", feature=""}}'
    name = f"{monitor.subject.title().replace(' ', '')}{severity.title()}"
    return AlertRule(
        name=name,
        severity=severity,
        unit=monitor.unit,
        expression=f"last_over_time({series}[{lookback}]) == {_CODES[severity]}",
        summary=f"{monitor.subject} of {{{{ $labels.model }}}} version {{{{ $labels.version }}}} "
        f"({{{{ $labels.variant }}}}) is {severity}",
        impact=monitor.impact,
        action=monitor.action,
    )


def _dead_monitor(model: ModelConfig, rate: timedelta) -> AlertRule:
    # `absent_over_time` also sees a monitor that never ran, which a new one may be for two runs.
    series = f'tidewatch_data_monitor_last_success_timestamp_seconds{{model="{model.name}"}}'
    silence = longest_silence(rate)
    held = 2 * rate
    return AlertRule(
        name="MonitorDead",
        severity="critical",
        unit="data_monitor",
        expression=f"absent_over_time({series}[{promql_duration(silence - held)}])",
        summary=f"Monitoring of {{{{ $labels.model }}}} has not succeeded for {silence}",
        impact="Nobody is watching this model: drift and errors go unseen.",
        action="Open the monitoring state machine's last executions and read the failed job's log.",
        hold=promql_duration(held),
    )


def promql_duration(value: timedelta) -> str:
    """A length of time as PromQL writes it."""
    return f"{int(value.total_seconds())}s"
