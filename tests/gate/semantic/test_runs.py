"""How state machines run: loops, answers, errors and names that hold more than once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate.semantic import (
    machine_inputs,
    states_data,
    states_jobs,
    states_polling,
    states_thrown,
    states_values,
    tuning_objectives,
)
from gate.semantic.function_answers import shape_of_answer
from gate.semantic.function_code import Code
from tests.gate.semantic.templates import GONE, ODD, Resources, found, resource, with_change

RULES = (
    *machine_inputs.RULES,
    *states_data.RULES,
    *states_jobs.RULES,
    *states_polling.RULES,
    *states_thrown.RULES,
    *states_values.RULES,
    *tuning_objectives.RULES,
)
PLANNER = """
def handler(event, context):
    if event["busy"]:
        return {"action": "wait", "package": event["package"]}
    return {"action": "go", "count": len(event), **rest(event)}

def rest(event):
    return {"guarded": not event, "name": f"run-{event}"} if event else {"guarded": False}
"""
SOUND: dict[str, Any] = {
    "StartAt": "Plan",
    "States": {
        "Plan": {
            "Type": "Task",
            "Resource": "${Planner.Arn}",
            "Parameters": {"package.$": "$.package", "whole.$": "$$.Execution.Input.package"},
            "Next": "Wait?",
        },
        "Wait?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.action", "StringEquals": "wait", "Next": "Later"}],
            "Default": "Guarded?",
        },
        "Later": {"Type": "Wait", "Seconds": 60, "Next": "Plan"},
        "Guarded?": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": "$.guarded", "BooleanEquals": True},
                        {"Variable": "$.count", "NumericGreaterThan": 1},
                    ],
                    "Next": "Update",
                }
            ],
            "Default": "Update",
        },
        "Update": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sagemaker:updateEndpoint",
            "Parameters": {"EndpointName": "flights", "EndpointConfigName.$": "$.name"},
            "ResultPath": None,
            "Retry": [{"ErrorEquals": ["SageMaker.SageMakerException"], "MaxAttempts": 3}],
            "Catch": [
                {"ErrorEquals": ["SageMaker.ResourceLimitExceededException"], "Next": "Failed"}
            ],
            "Next": "Look",
        },
        "Look": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint",
            "Parameters": {"EndpointName": "flights"},
            "ResultPath": "$.endpoint",
            "Next": "Settled?",
        },
        "Settled?": {
            "Type": "Choice",
            "Choices": [
                {
                    "Or": [
                        {"Variable": "$.endpoint.EndpointStatus", "StringEquals": "Updating"},
                        {"Variable": "$.endpoint.EndpointStatus", "StringEquals": "RollingBack"},
                    ],
                    "Next": "Soon",
                },
                {
                    "Variable": "$.endpoint.EndpointStatus",
                    "StringEquals": "InService",
                    "Next": "Train",
                },
            ],
            "Default": "Failed",
        },
        "Soon": {"Type": "Wait", "Seconds": 45, "Next": "Look"},
        "Failed": {"Type": "Fail", "Error": "NotChanged"},
        "Train": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
            "Parameters": {
                "HyperParameterTuningJobName.$": "States.Format('tune-{}', $$.Execution.Name)",
                "HyperParameterTuningJobConfig": {
                    "HyperParameterTuningJobObjective": {
                        "Type": "Maximize",
                        "MetricName": "validation:roc_auc",
                    }
                },
            },
            "Retry": [{"ErrorEquals": ["SageMaker.AmazonSageMakerException"], "MaxAttempts": 3}],
            "End": True,
        },
    },
}
STATES = "States"
STATUS = "$.endpoint.EndpointStatus"
NAME = (STATES, "Train", "Parameters", "HyperParameterTuningJobName.$")
CONFIG = (STATES, "Train", "Parameters", "HyperParameterTuningJobConfig")
OBJECTIVE = (*CONFIG, "HyperParameterTuningJobObjective")
GUARDED = (STATES, "Guarded?", "Choices", 0, "And")
SETTLED = (STATES, "Settled?", "Choices")
RETRIED = (STATES, "Update", "Retry", 0, "ErrorEquals")
CAUGHT = (STATES, "Update", "Catch", 0, "ErrorEquals")

FAULTS: list[tuple[tuple[str | int, ...], Any, str]] = [
    ((*GUARDED, 0), {"Variable": "$.guarded", "StringEquals": "true"}, "semantic.asl-compared"),
    ((*GUARDED, 1), {"Variable": "$.count", "StringEquals": "1"}, "semantic.asl-compared"),
    ((*GUARDED, 0, "Variable"), "$.action", "semantic.asl-compared"),
    ((*GUARDED, 0), {"Not": {"Variable": "$.action", "NumericEquals": 1}},
     "semantic.asl-compared"),
    ((*SETTLED, 1, "StringEquals"), "InServise", "semantic.asl-compared"),
    ((*SETTLED, 0, "Or", 0), GONE, "semantic.asl-status"),
    (SETTLED, [{"Variable": "$.endpoint.EndpointStatus", "StringEquals": "InService",
                "Next": "Train"}], "semantic.asl-status"),
    ((STATES, "Soon", "Next"), "Settled?", "semantic.asl-loop"),
    ((STATES, "Later", "Next"), "Wait?", "semantic.asl-loop"),
    ((STATES, "Soon"), {"Type": "Pass", "Next": "Settled?"}, "semantic.asl-loop"),
    (RETRIED, ["Sagemaker.SageMakerException"], "semantic.asl-thrown"),
    (RETRIED, ["SageMaker.AmazonSageMakerException"], "semantic.asl-thrown"),
    (RETRIED, ["States.Timeout", "Lambda.ServiceException"], "semantic.asl-thrown"),
    (CAUGHT, ["ResourceLimitExceeded"], "semantic.asl-thrown"),
    (CAUGHT, ["SageMaker.ResourceLimitExceeded"], "semantic.asl-thrown"),
    (CAUGHT, ["SageMaker.ResourcelimitExceededException"], "semantic.asl-thrown"),
    ((STATES, "Train", "Retry", 0, "ErrorEquals"), ["ResourceInUse"], "semantic.asl-thrown"),
    ((STATES, "Train", "Retry", 0, "ErrorEquals"), ["sagemaker.AmazonSageMakerException"],
     "semantic.asl-thrown"),
    (NAME, "States.Format('tune')", "semantic.job-name"),
    ((STATES, "Train", "Parameters"), {"HyperParameterTuningJobName": "tune"},
     "semantic.job-name"),
    ((*OBJECTIVE, "Type"), "Minimize", "semantic.tuning-objective"),
    ((*OBJECTIVE, "MetricName"), "validation:rmse", "semantic.tuning-objective"),
    ((STATES, "Update", "Parameters", "EndpointConfigName.$"), "$.config", "semantic.asl-data"),
    ((STATES, "Plan", "Parameters", "package.$"), "$.Package", "semantic.machine-input"),
    ((STATES, "Plan", "Parameters", "whole.$"), "$$.Execution.Input.Package",
     "semantic.machine-input"),
]  # fmt: skip


def resources(definition: dict[str, Any], code: str = PLANNER, **others: Any) -> Resources:
    planner = resource(
        "AWS::Lambda::Function",
        Handler="index.handler",
        Runtime="python3.13",
        Code={"ZipFile": code},
    )
    written = {"Fn::Sub": json.dumps(definition)}
    machine = resource("AWS::StepFunctions::StateMachine", DefinitionString=written)
    arn = {"Fn::GetAtt": ["Machine", "Arn"]}
    target = {"Arn": arn, "Input": '{"package": "arn"}'}
    daily = resource("AWS::Scheduler::Schedule", Target=target)
    return {"Planner": planner, "Machine": machine, "Daily": daily, **others}


def test_a_sound_run_has_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, resources(SOUND)) == []


@pytest.mark.parametrize(("path", "value", "rule"), FAULTS)
def test_a_fault_of_a_run_is_found(
    path: tuple[str | int, ...], value: Any, rule: str, tmp_path: Path
) -> None:
    assert rule in found(RULES, tmp_path, resources(with_change(SOUND, path, value)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        # A loop may count its rounds, or look at the clock.
        ((STATES, "Soon"), {"Type": "Pass", "Parameters": {"n.$": "$.n"}, "Next": "Look"}),
        ((STATES, "Soon", "Next"), "Update"),
        # A status that nothing here brings about may well be a failure.
        ((*SETTLED, 0, "Or", 1), {"Variable": STATUS, "StringEquals": "Failed"}),
        ((STATES, "Settled?", "Default"), "Soon"),
        ((*SETTLED, 0, "Or"), [{"Variable": STATUS, "StringMatches": "*ing*"}]),
        # What a function raises is named as it likes.
        ((STATES, "Plan", "Catch"), [{"ErrorEquals": ["NothingToDoError"], "Next": "Failed"}]),
        ((STATES, "Train", "Retry", 0, "ErrorEquals"), ["ThrottlingException"]),
        ((*OBJECTIVE, "MetricName"), "validation:score"),
        (NAME, "$.name"),
        (NAME, "States.UUID()"),
    ],
)  # fmt: skip
def test_what_may_be_meant_is_left_alone(
    path: tuple[str | int, ...], value: Any, tmp_path: Path
) -> None:
    assert found(RULES, tmp_path, resources(with_change(SOUND, path, value))) == []


@pytest.mark.parametrize(
    "code",
    [
        "def handler(event, context):\n    answer = {}\n    return answer",
        "@wrapped\ndef handler(event, context):\n    return {}",
        "def handler(event, context):\n    return {**event}",
        "def handler(event, context):\n    return {event: 1}",
        "from shop import handler",
        "def handler(",
    ],
)
def test_what_a_function_does_not_write_out_may_be_anything(code: str) -> None:
    assert shape_of_answer(Code({"index.py": code.encode()}), "index.handler").at(["any"])


def test_what_is_created_anew_may_have_been_deleted(tmp_path: Path) -> None:
    definition = with_change(
        SOUND,
        (STATES, "Train"),
        {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createModel",
            "Parameters": {"ModelName": "champion"},
            "End": True,
        },
    )
    assert found(RULES, tmp_path, resources(definition)) == ["semantic.job-name"]
    definition[STATES]["Update"]["Resource"] = "arn:aws:states:::aws-sdk:sagemaker:deleteModel"
    definition[STATES]["Update"]["Parameters"] = {"ModelName": "champion"}
    assert "semantic.job-name" not in found(RULES, tmp_path, resources(definition))


def _rule(**target: Any) -> dict[str, Any]:
    whole = {"Id": "1", "Arn": {"Fn::GetAtt": ["Machine", "Arn"]}, **target}
    return resource("AWS::Events::Rule", EventPattern={"source": ["shop"]}, Targets=[whole])


@pytest.mark.parametrize(
    ("starter", "is_found"),
    [
        (_rule(Input='{"package": 1}'), False),
        (_rule(Input='{"pakage": 1}'), True),
        (_rule(InputPath="$.detail"), False),
        (_rule(), True),
        (_rule(InputTransformer={"InputPathsMap": {"a": "$.id"},
                                 "InputTemplate": '{"package": <a>}'}), False),
        (_rule(InputTransformer={"InputPathsMap": {"a": "$.id"},
                                 "InputTemplate": '{"Package": <a>}'}), True),
    ],
)  # fmt: skip
def test_a_rule_sends_what_the_machine_reads(
    starter: dict[str, Any], is_found: bool, tmp_path: Path
) -> None:
    wanted = ["semantic.machine-input"] if is_found else []
    assert found(RULES, tmp_path, resources(SOUND, Starter=starter)) == wanted


def test_another_machine_sends_what_the_machine_reads(tmp_path: Path) -> None:
    def outer(key: str) -> dict[str, Any]:
        started = {"StateMachineArn": "${Machine.Arn}", "Input": {key: "$.package"}}
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": started,
            "End": True,
        }
        written = json.dumps({"StartAt": "Go", "States": {"Go": state}})
        return resource("AWS::StepFunctions::StateMachine", DefinitionString={"Fn::Sub": written})

    assert found(RULES, tmp_path, resources(SOUND, Outer=outer("package.$"))) == []
    told = found(RULES, tmp_path, resources(SOUND, Outer=outer("packages.$")))
    assert told == ["semantic.machine-input"]


def test_a_field_that_is_asked_for_need_not_be_sent(tmp_path: Path) -> None:
    definition = with_change(SOUND, (STATES, "Plan", "Parameters", "force.$"), "$.force")
    assert found(RULES, tmp_path, resources(definition)) == ["semantic.machine-input"]
    asked = {"Variable": "$.force", "IsPresent": True, "Next": "Plan"}
    definition[STATES]["Forced?"] = {"Type": "Choice", "Choices": [asked], "Default": "Failed"}
    definition["StartAt"] = "Forced?"
    assert found(RULES, tmp_path, resources(definition)) == []


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path, _, _ in FAULTS:
            found(RULES, tmp_path, resources(with_change(SOUND, path, odd)))
