"""Semantic faults between resources: references, names, handlers, schedules, events, rules."""

from __future__ import annotations

import json

from gate.mutation.editing import edit_text, rename, replace_in
from gate.mutation.mutation import Json, NotHereError, attribute_fault, fault, template_fault
from gate.reading import listed

_RULES = "AWS::APS::RuleGroupsNamespace"
_WORKSPACE = "AWS::APS::Workspace"


@template_fault("semantic")
def role_deleted(template: Json) -> None:
    """A role that others refer to is deleted."""
    _delete_first(template, "AWS::IAM::Role")


@template_fault("semantic")
def log_group_deleted(template: Json) -> None:
    """A log group that others refer to is deleted."""
    _delete_first(template, "AWS::Logs::LogGroup")


@template_fault("semantic")
def bucket_deleted(template: Json) -> None:
    """A bucket that others refer to is deleted."""
    _delete_first(template, "AWS::S3::Bucket")


@template_fault("semantic")
def function_deleted(template: Json) -> None:
    """A function that others refer to is deleted."""
    _delete_first(template, "AWS::Lambda::Function")


@template_fault("semantic")
def export_dropped(template: Json) -> None:
    """An output that another stack imports is removed."""
    name = next(key for key, output in template["Outputs"].items() if "Export" in output)
    del template["Outputs"][name]


@template_fault("semantic")
def import_misspelt(template: Json) -> None:
    """A stack imports what no stack exports."""
    text = json.dumps(template)
    start = text.index('"Fn::ImportValue": "') + len('"Fn::ImportValue": "')
    changed = json.loads(f"{text[:start]}Old{text[start:]}")
    template.clear()
    template.update(changed)


@template_fault("semantic")
def depends_on_nothing(template: Json) -> None:
    """A resource depends on one that was renamed."""
    resource = next(item for item in template["Resources"].values() if "DependsOn" in item)
    resource["DependsOn"] = [f"{name}Old" for name in listed(resource["DependsOn"])]


@template_fault("semantic")
def resources_in_a_circle(template: Json) -> None:
    """Two resources wait for each other."""
    resources = template["Resources"]
    for name, resource in resources.items():
        for other in listed(resource.get("DependsOn", [])):
            before = listed(resources[other].get("DependsOn", []))
            resources[other]["DependsOn"] = [*before, name]
            return
    raise NotHereError("DependsOn")


@attribute_fault("semantic", "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine")
def attribute_of_nothing(resource: Json) -> None:
    """An expression asks for an attribute that the resource has not."""
    text = json.dumps(resource)
    changed = text.replace('", "Arn"]', '", "ARN"]', 1)
    resource.clear()
    resource.update(json.loads(changed))


@template_fault("semantic")
def repositories_of_one_name(template: Json) -> None:
    """Two repositories have one name."""
    _same_name(template, "AWS::ECR::Repository", "RepositoryName")


@template_fault("semantic")
def schedules_of_one_name(template: Json) -> None:
    """Two schedules have one name."""
    _same_name(template, "AWS::Scheduler::Schedule", "Name")


@template_fault("semantic")
def log_groups_of_one_name(template: Json) -> None:
    """Two log groups have one name."""
    _same_name(template, "AWS::Logs::LogGroup", "LogGroupName")


@template_fault("semantic")
def outputs_beyond_limit(template: Json) -> None:
    """A template has more outputs than CloudFormation takes."""
    template["Outputs"] = {f"Output{number}": {"Value": "1"} for number in range(201)}


@fault("semantic", "AWS::Events::Rule")
def rule_description_beyond_limit(rule: Json) -> None:
    """A description is longer than EventBridge takes."""
    rule["Description"] = "why " * 200


@fault("semantic", "AWS::Lambda::Function")
def function_environment_beyond_limit(function: Json) -> None:
    """Variables are longer than Lambda takes."""
    function["Environment"]["Variables"]["DOCUMENT"] = "x" * 5000


@fault("semantic", "AWS::Lambda::Function")
def handler_renamed(function: Json) -> None:
    """The handler's function has another name than in the code."""
    function["Handler"] = function["Handler"].rsplit(".", 1)[0] + ".main"


@fault("semantic", "AWS::Lambda::Function")
def handler_moved(function: Json) -> None:
    """The handler's module is one that the package has not."""
    function["Handler"] = f"src.{function['Handler']}"


@fault("semantic", "AWS::Lambda::Function")
def handler_without_function(function: Json) -> None:
    """The handler is a module."""
    function["Handler"] = "handler"


@fault("semantic", "AWS::Lambda::Function")
def function_setting_dropped(function: Json) -> None:
    """A setting that the code needs is removed."""
    variables = function["Environment"]["Variables"]
    del variables[next(iter(variables))]


@fault("semantic", "AWS::Lambda::Function")
def function_setting_misspelt(function: Json) -> None:
    """A setting that the code needs has another name."""
    variables = function["Environment"]["Variables"]
    name = next(iter(variables))
    rename(variables, name, f"{name}S")


@fault("semantic", "AWS::Scheduler::Schedule")
def schedule_rate_plural(schedule: Json) -> None:
    """One hour in the plural."""
    schedule["ScheduleExpression"] = "rate(1 hours)"


@fault("semantic", "AWS::Scheduler::Schedule")
def schedule_cron_of_unix(schedule: Json) -> None:
    """Cron with five fields, as crontab has it."""
    schedule["ScheduleExpression"] = "cron(0 * * * *)"


@fault("semantic", "AWS::Scheduler::Schedule")
def schedule_cron_of_both_days(schedule: Json) -> None:
    """Cron with a day of the month and a day of the week."""
    schedule["ScheduleExpression"] = "cron(0 6 * * MON *)"


@fault("semantic", "AWS::Scheduler::Schedule")
def schedule_cron_hour_25(schedule: Json) -> None:
    """Cron at an hour that no day has."""
    schedule["ScheduleExpression"] = "cron(0 25 * * ? *)"


@fault("semantic", "AWS::Scheduler::Schedule")
def schedule_rate_zero(schedule: Json) -> None:
    """A schedule fires every nothing."""
    schedule["ScheduleExpression"] = "rate(0 minutes)"


@fault("semantic", "AWS::Scheduler::Schedule")
def schedule_time_zone_unknown(schedule: Json) -> None:
    """A time zone is none."""
    schedule["ScheduleExpressionTimezone"] = "Europe/Bonn"


@fault("semantic", "AWS::Scheduler::Schedule")
def schedule_target_is_a_role(schedule: Json) -> None:
    """A schedule's target is its role: two lines were swapped."""
    schedule["Target"]["Arn"] = schedule["Target"]["RoleArn"]


@fault("semantic", "AWS::Scheduler::Schedule")
def schedule_input_no_json(schedule: Json) -> None:
    """A schedule's input is no JSON, which a state machine refuses."""
    schedule["Target"]["Input"] = "{window: due}"


@fault("semantic", "AWS::Events::Rule")
def event_detail_type_misspelt(rule: Json) -> None:
    """A rule waits for an event that nobody sends."""
    rule["EventPattern"]["detail-type"] = ["SageMaker Model Package Change"]


@fault("semantic", "AWS::Events::Rule")
def event_source_misspelt(rule: Json) -> None:
    """A rule waits for events of a source that sends none."""
    rule["EventPattern"]["source"] = ["sagemaker"]


@fault("semantic", "AWS::Events::Rule")
def event_pattern_key_misspelt(rule: Json) -> None:
    """A rule's pattern has a key that no event has."""
    rename(rule["EventPattern"], "detail-type", "detailType")


@fault("semantic", "AWS::Events::Rule")
def event_pattern_value_no_list(rule: Json) -> None:
    """A value of a pattern is no list."""
    rule["EventPattern"]["source"] = rule["EventPattern"]["source"][0]


@fault("semantic", "AWS::Events::Rule")
def event_detail_value_unknown(rule: Json) -> None:
    """A rule waits for a status that is none."""
    detail = rule["EventPattern"]["detail"]
    detail["ModelApprovalStatus"] = [value.upper() for value in detail["ModelApprovalStatus"]]


@fault("semantic", _RULES)
def alert_expression_broken(rules: Json) -> None:
    """An expression has lost a bracket."""
    replace_in(rules, "Data", "(", "")


@fault("semantic", _RULES)
def alert_metric_unpublished(rules: Json) -> None:
    """A rule asks for a metric that nobody writes."""

    def edited(text: str) -> str:
        start = text.index("tidewatch_")
        return f"{text[:start]}tidewatched_{text[start + len('tidewatch_') :]}"

    edit_text(rules, "Data", edited)


@fault("semantic", _RULES)
def alert_duration_unit(rules: Json) -> None:
    """A duration has a unit that Prometheus has not."""
    edit_text(rules, "Data", lambda text: _first_duration(text, "5 minutes"))


@fault("semantic", _RULES)
def alert_rules_no_yaml(rules: Json) -> None:
    """The rules are no YAML."""
    replace_in(rules, "Data", "groups:", "groups: [")


@fault("semantic", _RULES)
def alert_rule_member_misspelt(rules: Json) -> None:
    """A rule has a member that is none."""
    replace_in(rules, "Data", "annotations:", "annotation:")


@fault("semantic", _WORKSPACE)
def receiver_unknown(workspace: Json) -> None:
    """A route leads to a receiver that is none."""
    edit_text(
        workspace,
        "AlertManagerDefinition",
        lambda text: text.replace("receiver:", "receiver: x", 1),
    )


@fault("semantic", _WORKSPACE)
def alert_manager_key_misspelt(workspace: Json) -> None:
    """The alert manager's configuration stands under another key."""
    replace_in(workspace, "AlertManagerDefinition", "alertmanager_config", "alert_manager_config")


@fault("semantic", _WORKSPACE)
def alert_manager_member_unknown(workspace: Json) -> None:
    """A member of the routing is none."""
    replace_in(workspace, "AlertManagerDefinition", "group_wait", "wait_group")


@fault("semantic", "AWS::CloudWatch::Alarm")
def alarm_metric_misspelt(alarm: Json) -> None:
    """An alarm watches a metric that nobody publishes."""
    alarm["MetricName"] = f"{alarm['MetricName']}Count"


@fault("semantic", "AWS::CloudWatch::Alarm")
def alarm_namespace_misspelt(alarm: Json) -> None:
    """An alarm watches a namespace that is none."""
    alarm["Namespace"] = alarm["Namespace"].lower()


@fault("semantic", "AWS::CloudWatch::Alarm")
def alarm_dimension_misspelt(alarm: Json) -> None:
    """An alarm watches a dimension that the metric has not."""
    alarm["Dimensions"][0]["Name"] = alarm["Dimensions"][0]["Name"].lower()


@fault("semantic", "AWS::CloudWatch::Dashboard")
def dashboard_metric_misspelt(dashboard: Json) -> None:
    """A dashboard shows a metric that nobody publishes."""

    def edited(text: str) -> str:
        start = text.index('"metrics":[["') + len('"metrics":[["')
        comma = text.index('","', start) + len('","')
        return f"{text[:comma]}No{text[comma:]}"

    edit_text(dashboard, "DashboardBody", edited)


@fault("semantic", "AWS::CloudWatch::Dashboard")
def dashboard_no_json(dashboard: Json) -> None:
    """A dashboard is no JSON."""
    edit_text(dashboard, "DashboardBody", lambda text: text[:-1])


@fault("semantic", "AWS::ECR::Repository")
def image_lifecycle_no_json(repository: Json) -> None:
    """A lifecycle policy is no JSON."""
    edit_text(repository["LifecyclePolicy"], "LifecyclePolicyText", lambda text: text[:-1])


@fault("semantic", "AWS::SageMaker::MlflowApp")
def mlflow_store_without_scheme(app: Json) -> None:
    """The artefacts' place is a path."""
    app["ArtifactStoreUri"] = "artifacts/mlflow"


def _delete_first(template: Json, kind: str) -> None:
    text = json.dumps(template["Resources"])
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind and (f'"{name}"' in text.replace(f'"{name}": {{', "", 1)):
            del template["Resources"][name]
            return
    raise NotHereError(kind)


def _same_name(template: Json, kind: str, member: str) -> None:
    found = [item for item in template["Resources"].values() if item["Type"] == kind]
    found[0]["Properties"][member] = found[1]["Properties"][member] = "tidewatch/same"


def _first_duration(text: str, duration: str) -> str:
    start = text.index("for: ") + len("for: ")
    return f"{text[:start]}{duration}{text[text.index(chr(10), start) :]}"
