"""Reliability faults of watching: what is bad is seen by nobody, or what is well by everybody."""

from __future__ import annotations

from gate.mutation.editing import edit_text, replace_in
from gate.mutation.mutation import Json, NotHereError, fault, template_fault

_WORKSPACE = "AWS::APS::Workspace"
_ROUTING = "AlertManagerDefinition"


@fault("reliability", "AWS::CloudWatch::Alarm")
def hourly_metric_watched_by_minutes(alarm: Json) -> None:
    """What comes hourly is watched in minutes, and rings most of each hour."""
    if alarm["TreatMissingData"] != "breaching" or alarm["Period"] < 60 * 60:
        raise NotHereError("breaching")
    alarm["Period"] = 5 * 60


@fault("reliability", "AWS::SNS::Subscription")
def mail_filtered_by_attribute(subscription: Json) -> None:
    """Mail is filtered by an attribute that no alarm of CloudWatch has."""
    subscription["FilterPolicy"] = {"severity": ["critical"]}


@fault("reliability", _WORKSPACE)
def critical_alerts_sent_to_warning(workspace: Json) -> None:
    """What is critical goes to the receiver of warnings."""
    replace_in(workspace, _ROUTING, "    receiver: critical\\n", "    receiver: warning\\n")


@fault("reliability", _WORKSPACE)
def receivers_exchanged(workspace: Json) -> None:
    """Warnings page, and what is critical does not."""

    def edited(text: str) -> str:
        critical, warning = ("    receiver: critical\\n", "    receiver: warning\\n")
        marked = text.replace(critical, "⟪⟫", 1).replace(warning, critical, 1)
        return marked.replace("⟪⟫", warning, 1)

    edit_text(workspace, _ROUTING, edited)


@template_fault("reliability")
def timeout_alarm_deleted(template: Json) -> None:
    """Nobody hears of an execution that takes too long."""
    _delete(template, "ExecutionsTimedOut")


@template_fault("reliability")
def variant_alarm_deleted(template: Json) -> None:
    """Of two variants one is watched."""
    _delete(template, "capture_critical")


def _delete(template: Json, metric: str) -> None:
    for name, resource in template["Resources"].items():
        if resource.get("Properties", {}).get("MetricName") == metric:
            del template["Resources"][name]
            return
    raise NotHereError(metric)
