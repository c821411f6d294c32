"""Semantic faults of alerting: alarms, events for pagers and chats, routes, dashboards, budgets."""

from __future__ import annotations

import json

from gate.mutation.editing import edit_text, replace_in
from gate.mutation.mutation import Json, NotHereError, fault, template_fault

_ALARM = "AWS::CloudWatch::Alarm"
_RULE = "AWS::Events::Rule"
_RULES = "AWS::APS::RuleGroupsNamespace"
_WORKSPACE = "AWS::APS::Workspace"
_DASHBOARD = "AWS::CloudWatch::Dashboard"
_ROUTING = "AlertManagerDefinition"


@fault("semantic", _ALARM)
def alarm_sums_what_it_counted(alarm: Json) -> None:
    """A sign of life is summed, not counted: the sum of zeros is 0 while all is well."""
    if alarm["Statistic"] != "SampleCount":
        raise NotHereError("SampleCount")
    alarm["Statistic"] = "Sum"


@fault("semantic", _ALARM)
def alarm_counts_what_it_looked_at(alarm: Json) -> None:
    """The samples of a mark are counted, not looked at: it alarms whenever it is published."""
    if not alarm["MetricName"].endswith("_critical") or alarm["Statistic"] != "Maximum":
        raise NotHereError("_critical")
    alarm["Statistic"] = "SampleCount"


@fault("semantic", _ALARM)
def alarm_names_queue_by_arn(alarm: Json) -> None:
    """A dimension that wants a queue's name has its ARN."""
    value = next(item["Value"] for item in alarm["Dimensions"] if item["Name"] == "QueueName")
    value["Fn::GetAtt"][1] = "Arn"


@fault("semantic", _ALARM)
def alarm_names_machine_by_name(alarm: Json) -> None:
    """A dimension that wants a state machine's ARN has its name."""
    found = next(item for item in alarm["Dimensions"] if item["Name"] == "StateMachineArn")
    found["Value"] = {"Fn::GetAtt": [found["Value"]["Ref"], "Name"]}


@fault("semantic", "AWS::CloudWatch::CompositeAlarm")
def composite_on_while_well(composite: Json) -> None:
    """One term of a composite is OK(…) where ALARM(…) is meant: it pages while all is well."""
    replace_in(composite, "AlarmRule", "OR ALARM(", "OR OK(")


@template_fault("semantic")
def service_events_on_own_bus(template: Json) -> None:
    """A rule waits on a bus of its own for events that only the default bus gets."""
    for rule in template["Resources"].values():
        sources = json.dumps(rule.get("Properties", {}).get("EventPattern", {}).get("source", []))
        if rule["Type"] == _RULE and '"aws.' in sources:
            template["Resources"]["OwnBus"] = {
                "Type": "AWS::Events::EventBus",
                "Properties": {"Name": "own"},
            }
            rule["Properties"]["EventBusName"] = {"Ref": "OwnBus"}
            return
    raise NotHereError(_RULE)


@fault("semantic", _RULE)
def page_resolved_by_time(rule: Json) -> None:
    """What resolves an incident names it by the event's time: it stays open."""
    _transformed(rule, "resolve", "<resources-0->", "<time>")


@fault("semantic", _RULE)
def page_resolved_by_other_key(rule: Json) -> None:
    """What resolves an incident names it otherwise than what opened it: it stays open."""
    _transformed(rule, "resolve", "<resources-0->", "<detail-alarmName>")


@fault("semantic", _RULE)
def page_without_severity(rule: Json) -> None:
    """A page lacks a member that PagerDuty asks for."""
    _transformed(rule, "trigger", '"severity":', '"urgency":')


@fault("semantic", "AWS::Events::Connection")
def page_key_misnamed(connection: Json) -> None:
    """The key of a pager's integration is sent under a name that it does not know."""
    body = connection["AuthParameters"]["InvocationHttpParameters"]["BodyParameters"]
    next(item for item in body if item["Key"] == "routing_key")["Key"] = "routingKey"


@fault("semantic", _RULES)
def alert_looks_back_minutes(rules: Json) -> None:
    """An alert looks back five minutes over what is written hourly."""

    def edited(text: str) -> str:
        start = text.index("_verdict{")
        begin, end = text.index("[", start), text.index("]", start)
        return f"{text[:begin]}[5m{text[end:]}"

    edit_text(rules, "Data", edited)


@fault("semantic", _RULES)
def alert_severity_without_route(rules: Json) -> None:
    """An alert's severity is one that no route names."""
    replace_in(rules, "Data", "severity: critical", "severity: page")


@fault("semantic", _WORKSPACE)
def inhibition_upside_down(workspace: Json) -> None:
    """A warning mutes what is critical."""

    def edited(text: str) -> str:
        head, rules, rest = text.partition("inhibit_rules")
        marked = rest.replace("critical", "⟪⟫", 1).replace("warning", "critical", 1)
        return f"{head}{rules}{marked.replace('⟪⟫', 'warning', 1)}"

    edit_text(workspace, _ROUTING, edited)


@fault("semantic", _WORKSPACE)
def alert_message_undefined(workspace: Json) -> None:
    """A message is made by a template that no file defines."""
    edit_text(
        workspace,
        _ROUTING,
        lambda text: text.replace("message: '{{ template \\\"", "message: '{{ template \\\"my."),
    )


@fault("semantic", _WORKSPACE)
def chat_message_of_unknown_source(workspace: Json) -> None:
    """A chat is sent what it takes for no notification."""
    replace_in(workspace, _ROUTING, "custom", "alerts")


@fault("semantic", "AWS::APS::AnomalyDetector")
def detector_query_bare(detector: Json) -> None:
    """The query of an anomaly detector is no aggregation."""
    forest = detector["Configuration"]["RandomCutForest"]
    head, _, rest = forest["Query"].partition("(")
    if head not in ("avg", "max", "min", "sum"):
        raise NotHereError("aggregation")
    forest["Query"] = rest.removesuffix(")")


@fault("semantic", "AWS::Budgets::Budget")
def budget_filter_bare(budget: Json) -> None:
    """A budget counts by a tag that lacks its prefix, and so nothing."""
    filters = budget["Budget"]["CostFilters"]["TagKeyValue"]
    filters[0] = filters[0].removeprefix("user:")


@fault("semantic", "AWS::Budgets::Budget")
def budget_filter_misspelt(budget: Json) -> None:
    """A budget counts by a tag that nothing has."""
    filters = budget["Budget"]["CostFilters"]["TagKeyValue"]
    filters[0] = filters[0].replace("$", "s$", 1)


@fault("semantic", _DASHBOARD)
def dashboard_searches_other_dimensions(dashboard: Json) -> None:
    """A dashboard searches by dimensions that the metric is not published with."""

    def edited(text: str) -> str:
        start = text.index("SEARCH('{")
        end = text.index("}", start)
        return f"{text[: text.rindex(',', start, end)]}{text[end:]}"

    edit_text(dashboard, "DashboardBody", edited)


@fault("semantic", _DASHBOARD)
def dashboard_alarm_by_name(dashboard: Json) -> None:
    """A dashboard shows an alarm by name where it wants an ARN."""
    pieces = dashboard["DashboardBody"]["Fn::Join"][1]
    for index, piece in enumerate(pieces):
        if isinstance(piece, dict) and piece.get("Fn::GetAtt", ["", ""])[1] == "Arn":
            pieces[index] = {"Ref": piece["Fn::GetAtt"][0]}
            return
    raise NotHereError("Arn")


def _transformed(rule: Json, action: str, old: str, new: str) -> None:
    """Replace a piece of what a rule makes of an event of an incident."""
    transformer = rule["Targets"][0]["InputTransformer"]
    if f'"event_action":"{action}"' not in transformer["InputTemplate"]:
        raise NotHereError(action)
    replace_in(transformer, "InputTemplate", old, new)
