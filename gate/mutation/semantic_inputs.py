"""Semantic faults in what is handed over: inputs, fields of events, settings, roles."""

from __future__ import annotations

import json

from gate.mutation.editing import rename
from gate.mutation.mutation import Json, NotHereError, fault, template_fault

_FUNCTION = "AWS::Lambda::Function"
_RULE = "AWS::Events::Rule"
_SCHEDULE = "AWS::Scheduler::Schedule"


@fault("semantic", _RULE)
def event_path_misspelt(rule: Json) -> None:
    """A path into an event has a field in another case."""
    paths = rule["Targets"][0]["InputTransformer"]["InputPathsMap"]
    for name, path in paths.items():
        field = path.removeprefix("$.detail.")
        if field != path and field[0].isupper():
            paths[name] = f"$.detail.{field[0].lower()}{field[1:]}"
            return
    raise NotHereError("detail")


@fault("semantic", _RULE)
def event_path_of_an_acronym(rule: Json) -> None:
    """A path into an event writes an acronym in capitals."""
    paths = rule["Targets"][0]["InputTransformer"]["InputPathsMap"]
    name = next(name for name, path in paths.items() if path.endswith("Arn"))
    paths[name] = f"{paths[name].removesuffix('Arn')}ARN"


@fault("semantic", _RULE)
def event_path_outside_the_event(rule: Json) -> None:
    """A path starts in a field that no event has."""
    paths = rule["Targets"][0]["InputTransformer"]["InputPathsMap"]
    name = next(name for name, path in paths.items() if path.startswith("$.resources"))
    paths[name] = paths[name].replace("resources", "resource")


@fault("semantic", _RULE)
def event_detail_misspelt(rule: Json) -> None:
    """A pattern matches a detail in another case."""
    detail = rule["EventPattern"]["detail"]
    rename(detail, "ModelApprovalStatus", "modelApprovalStatus")


@fault("semantic", _SCHEDULE)
def schedule_sends_another_key(schedule: Json) -> None:
    """A schedule's input has a key that the machine does not read, and not the one that it does."""
    sent = json.loads(schedule["Target"]["Input"])
    schedule["Target"]["Input"] = json.dumps({f"{key}s": value for key, value in sent.items()})


@fault("semantic", _SCHEDULE)
def schedule_sends_nothing(schedule: Json) -> None:
    """A schedule's input is an empty object."""
    json.loads(schedule["Target"]["Input"])
    schedule["Target"]["Input"] = "{}"


@fault("semantic", _RULE)
def rule_sends_another_key(rule: Json) -> None:
    """A rule gives the machine another key than it reads."""
    transformer = rule["Targets"][0]["InputTransformer"]
    if "_arn" not in transformer["InputTemplate"]:
        raise NotHereError("_arn")
    transformer["InputTemplate"] = transformer["InputTemplate"].replace("_arn", "Arn")


@fault("semantic", _FUNCTION)
def setting_no_whole_number(function: Json) -> None:
    """A function's code makes a whole number of a setting that is none."""
    variables = function["Environment"]["Variables"]
    name = next(name for name, value in variables.items() if value == "1")
    variables[name] = "1.0"


@fault("semantic", _FUNCTION)
def setting_in_another_case(function: Json) -> None:
    """A function's code compares a setting with 'true', and it is 'False' or 'True'."""
    variables = function["Environment"]["Variables"]
    name = next(name for name, value in variables.items() if value == "false")
    variables[name] = "True"


@fault("semantic", _FUNCTION)
def setting_with_blanks(function: Json) -> None:
    """A function's code splits a setting at commas, and there are blanks beside them."""
    for value in function["Environment"]["Variables"].values():
        if isinstance(value, dict) and value.get("Fn::Join", [""])[0] == ",":
            value["Fn::Join"][0] = ", "
            return
    raise NotHereError("Fn::Join")


@template_fault("reliability")
def schedules_start_one_machine(template: Json) -> None:
    """Two schedules start one machine, and nothing starts the other."""
    found = [item for item in template["Resources"].values() if item["Type"] == _SCHEDULE]
    one, other = (item["Properties"]["Target"] for item in found[:2])
    one["Arn"], one["RoleArn"] = other["Arn"], other["RoleArn"]


@template_fault("reliability")
def rollback_alarm_rings_in_silence(template: Json) -> None:
    """An alarm that takes a release back rings where nobody asks anything."""
    named = json.dumps(
        [
            item["Properties"].get("DefinitionString")
            for item in template["Resources"].values()
            if item["Type"] == "AWS::StepFunctions::StateMachine"
        ]
    )
    for name, item in template["Resources"].items():
        is_alarm = item["Type"] == "AWS::CloudWatch::Alarm"
        if is_alarm and f'{{"Ref": "{name}"}}' in named:
            item["Properties"]["TreatMissingData"] = "breaching"
            return
    raise NotHereError("Alarms")


@fault("semantic", _RULE)
def placeholder_without_a_path(properties: Json) -> None:
    """The template of a target has a placeholder that no path fills."""
    for target in properties["Targets"]:
        if "InputTransformer" in target:
            target["InputTransformer"]["InputPathsMap"].popitem()
            return
    raise NotHereError("InputTransformer")


@fault("semantic", _RULE)
def alarm_state_in_small_letters(properties: Json) -> None:
    """A rule waits for an alarm's state in small letters, which no event has."""
    properties["EventPattern"]["detail"]["state"]["value"] = ["alarm"]


@fault("schema", "AWS::CodeBuild::Project")
def build_machine_unknown(properties: Json) -> None:
    """A build asks for a size of machine that there is not."""
    properties["Environment"]["ComputeType"] = "BUILD_GENERAL1_HUGE"


@fault("schema", "AWS::APS::AnomalyDetector")
def detector_asks_too_often(properties: Json) -> None:
    """An anomaly detector is evaluated more often than the service allows."""
    properties["EvaluationIntervalInSeconds"] = 5
