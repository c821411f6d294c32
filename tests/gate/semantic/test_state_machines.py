"""State machines: a definition that is one, calls that can be made, data that is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate.semantic import (
    sagemaker_jobs,
    service_integrations,
    states_choices,
    states_data,
    states_errors,
    states_language,
    states_paths,
)
from tests.gate.semantic.templates import GONE, ODD, Resources, found, resource, with_change

RULES = (
    *states_language.RULES,
    *states_errors.RULES,
    *states_choices.RULES,
    *states_paths.RULES,
    *states_data.RULES,
    *service_integrations.RULES,
    *sagemaker_jobs.RULES,
)
ROLE = "arn:aws:iam::111111111111:role/job"
OUTPUT = {"S3OutputPath": "s3://bucket/out"}
CLUSTER = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}

SOUND: dict[str, Any] = {
    "StartAt": "Plan",
    "TimeoutSeconds": 3600,
    "States": {
        "Plan": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {
                "FunctionName": "${Function}",
                "Payload": {"window.$": "$.window", "run.$": "$$.Execution.Name"},
            },
            "ResultSelector": {"action.$": "$.Payload.action", "run.$": "$.Payload.run"},
            "ResultPath": "$.plan",
            "Next": "Prepare",
        },
        "Prepare": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
            "Parameters": {
                "ProcessingJobName.$": "States.Format('prepare-{}', States.UUID())",
                "RoleArn": ROLE,
                "AppSpecification": {"ImageUri": "image", "ContainerArguments.$": "$.plan.run"},
                "ProcessingResources": {"ClusterConfig": CLUSTER},
                "ProcessingInputs": [
                    {
                        "InputName": "model",
                        "S3Input": {
                            "S3Uri": "s3://bucket/model",
                            "LocalPath": "/opt/ml/processing/input/model",
                            "S3DataType": "S3Prefix",
                            "S3InputMode": "File",
                        },
                    }
                ],
                "Environment": {"WINDOW.$": "$.window"},
            },
            "ResultPath": None,
            "Retry": [
                {"ErrorEquals": ["SageMaker.AmazonSageMakerException"], "MaxAttempts": 3},
                {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "BackoffRate": 2},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}],
            "Next": "Tune",
        },
        "Tune": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
            "Parameters": {
                "HyperParameterTuningJobName.$": "$.plan.run",
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Bayesian",
                    "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
                    "ResourceLimits": {
                        "MaxNumberOfTrainingJobs": 8,
                        "MaxParallelTrainingJobs": 2,
                    },
                    "ParameterRanges": {
                        "IntegerParameterRanges": [
                            {"Name": "depth", "MinValue": "2", "MaxValue": "8"}
                        ],
                        "ContinuousParameterRanges": [
                            {
                                "Name": "rate",
                                "MinValue": "0.01",
                                "MaxValue": "0.3",
                                "ScalingType": "Logarithmic",
                            }
                        ],
                    },
                },
                "TrainingJobDefinition": {
                    "StaticHyperParameters": {"seed": "1"},
                    "AlgorithmSpecification": {
                        "TrainingImage": "image",
                        "TrainingInputMode": "File",
                        "MetricDefinitions": [{"Name": "auc", "Regex": "auc=([0-9.]+)"}],
                    },
                    "RoleArn": ROLE,
                    "OutputDataConfig": OUTPUT,
                    "ResourceConfig": CLUSTER,
                    "EnableManagedSpotTraining": True,
                    "StoppingCondition": {
                        "MaxRuntimeInSeconds": 3600,
                        "MaxWaitTimeInSeconds": 7200,
                    },
                },
            },
            "ResultSelector": {"best.$": "$.BestTrainingJob.TrainingJobName"},
            "ResultPath": "$.tuning",
            "Next": "Look",
        },
        "Look": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint",
            "Parameters": {"EndpointName": "flights"},
            "ResultPath": "$.endpoint",
            "Next": "In service?",
        },
        "In service?": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.endpoint.EndpointStatus",
                    "StringEquals": "InService",
                    "Next": "Tell",
                }
            ],
            "Default": "Again",
        },
        "Again": {"Type": "Wait", "Seconds": 5, "Next": "Look"},
        "Tell": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "Ask",
                    "States": {
                        "Ask": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                            "Parameters": {
                                "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/queue",
                                "MessageBody": {
                                    "token.$": "$$.Task.Token",
                                    "best.$": "$.tuning.best",
                                },
                            },
                            "HeartbeatSeconds": 60,
                            "TimeoutSeconds": 600,
                            "End": True,
                        }
                    },
                }
            ],
            "End": True,
        },
        "Failed": {"Type": "Fail", "Error": "Failed", "CausePath": "$.error.Cause"},
    },
}
FUNCTION = resource("AWS::Lambda::Function", Handler="index.handler", Runtime="python3.13")

PREPARE = ("States", "Prepare")
TUNE = ("States", "Tune", "Parameters")
CONFIG = (*TUNE, "HyperParameterTuningJobConfig")
RANGES = (*CONFIG, "ParameterRanges")
JOB = (*TUNE, "TrainingJobDefinition")
ASK = ("States", "Tell", "Branches", 0, "States", "Ask")

FAULTS: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("StartAt",), "Begin", "semantic.asl-transition"),
    (("States", "Plan", "Next"), "Prepared", "semantic.asl-transition"),
    ((*PREPARE, "Catch", 0, "Next"), "Nowhere", "semantic.asl-transition"),
    (("States", "In service?", "Default"), "Nowhere", "semantic.asl-transition"),
    (("States", "Spare"), {"Type": "Succeed"}, "semantic.asl-unreachable"),
    (("States", "Plan", "Next"), GONE, "semantic.asl-end"),
    (("States", "Plan", "End"), True, "semantic.asl-end"),
    (("States", "Tell", "Type"), "Paralel", "semantic.asl-state"),
    (("States", "Plan", "ResultPth"), "$.x", "semantic.asl-state"),
    (("States", "Again", "Timestamp"), "2026-01-01T00:00:00Z", "semantic.asl-state"),
    (("States", "Again", "Seconds"), GONE, "semantic.asl-state"),
    (("TimeoutSeconds",), GONE, "semantic.asl-timeout"),
    ((*ASK, "HeartbeatSeconds"), 700, "semantic.asl-timeout"),
    ((*PREPARE, "Retry", 1, "ErrorEquals"), ["States.Al"], "semantic.asl-errors"),
    ((*PREPARE, "Retry", 0, "ErrorEquals"), ["States.ALL"], "semantic.asl-errors"),
    ((*PREPARE, "Retry", 1, "BackoffRate"), 0.5, "semantic.asl-errors"),
    ((*PREPARE, "Retry", 0, "MaxAttempts"), -1, "semantic.asl-errors"),
    ((*PREPARE, "Catch", 0, "ErrorEquals"), [], "semantic.asl-errors"),
    (("States", "In service?", "Default"), GONE, "semantic.asl-default"),
    (
        ("States", "In service?", "Choices", 0),
        {"Variable": "$.endpoint", "StringIs": "InService", "Next": "Tell"},
        "semantic.asl-choice",
    ),
    (("States", "Plan", "Parameters", "Payload", "window.$"), "window", "semantic.asl-path"),
    (("States", "Plan", "Parameters", "Payload", "window"), "$.window", "semantic.asl-path"),
    (("States", "Plan", "ResultPath"), "$.plan[*]", "semantic.asl-path"),
    (
        ("States", "Plan", "Parameters", "Payload", "run.$"),
        "$$.Execution.Nam",
        "semantic.asl-path",
    ),
    (
        (*PREPARE, "Parameters", "ProcessingJobName.$"),
        "States.Format('a-{}-{}', $.plan.run)",
        "semantic.asl-path",
    ),
    (
        (*PREPARE, "Parameters", "ProcessingJobName.$"),
        "States.Frmat('a-{}', $.plan.run)",
        "semantic.asl-path",
    ),
    (
        (*PREPARE, "Parameters", "ProcessingJobName.$"),
        "$.plan.runs",
        "semantic.asl-data",
    ),
    (
        ("States", "In service?", "Choices", 0, "Variable"),
        "$.endpoint.Status",
        "semantic.asl-data",
    ),
    (("States", "Failed", "CausePath"), "$.error.Reason", "semantic.asl-data"),
    ((*ASK, "Parameters", "MessageBody", "best.$"), "$.tuning.Best", "semantic.asl-data"),
    (("States", "Tune", "ResultSelector", "best.$"), "$.BestJob.Name", "semantic.asl-data"),
    ((*PREPARE, "Resource"), "arn:aws:states:::sagemaker:createProcesingJob.sync", "semantic.call"),
    ((*PREPARE, "Resource"), "arn:aws:states:::sagemaker:createProcessingJob.snc", "semantic.call"),
    (("States", "Look", "Resource"), "arn:aws:states:::aws-sdk:sagemkr:describeEndpoint",
     "semantic.call"),
    (("States", "Look", "Resource"), "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint.sync",
     "semantic.call"),
    ((*PREPARE, "Parameters", "RoleArn"), GONE, "semantic.request"),
    ((*PREPARE, "Parameters", "RoleArn"), "job", "semantic.request"),
    ((*PREPARE, "Parameters", "Enviroment"), {}, "semantic.request"),
    ((*PREPARE, "Parameters", "Environment"), {"COUNT": 5}, "semantic.request"),
    ((*PREPARE, "Parameters", "Environment"), {f"V{n}": "" for n in range(101)},
     "semantic.request"),
    ((*PREPARE, "Parameters", "ProcessingResources", "ClusterConfig", "InstanceType"), "ml.m5.big",
     "semantic.request"),
    ((*PREPARE, "Parameters", "ProcessingResources", "ClusterConfig", "VolumeSizeInGB"), 0,
     "semantic.request"),
    ((*PREPARE, "Parameters", "ProcessingResources", "ClusterConfig", "InstanceCount"), "1",
     "semantic.request"),
    ((*PREPARE, "Parameters", "ProcessingInputs", 0, "S3Input", "LocalPath"), "/opt/ml/input",
     "semantic.processing-path"),
    ((*ASK, "Parameters", "MessageBody", "token.$"), GONE, "semantic.token"),
    (("States", "Plan", "Parameters", "FunctionName"), "${Topic}", "semantic.function"),
    (("States", "Plan", "Parameters", "FunctionName"), "nobody", "semantic.function"),
    ((*JOB, "StoppingCondition", "MaxWaitTimeInSeconds"), 60, "semantic.spot"),
    ((*JOB, "StoppingCondition", "MaxWaitTimeInSeconds"), GONE, "semantic.spot"),
    ((*JOB, "EnableManagedSpotTraining"), GONE, "semantic.spot"),
    ((*RANGES, "IntegerParameterRanges", 0, "MinValue"), "9", "semantic.tuning-range"),
    ((*RANGES, "IntegerParameterRanges", 0, "MinValue"), "two", "semantic.tuning-range"),
    ((*RANGES, "IntegerParameterRanges", 0, "Name"), "rate", "semantic.tuning-range"),
    ((*RANGES, "IntegerParameterRanges", 0, "Name"), "seed", "semantic.tuning-range"),
    ((*RANGES, "ContinuousParameterRanges", 0, "MinValue"), "0", "semantic.tuning-range"),
    ((*CONFIG, "ResourceLimits", "MaxParallelTrainingJobs"), 9, "semantic.tuning"),
    ((*CONFIG, "HyperParameterTuningJobObjective", "MetricName"), "acu", "semantic.tuning"),
    ((*CONFIG, "Strategy"), "Bayes", "semantic.request"),
    ((*JOB, "AlgorithmSpecification", "MetricDefinitions", 0, "Regex"), "auc=[0-9.]+",
     "semantic.job-metric"),
    ((*JOB, "AlgorithmSpecification", "MetricDefinitions", 0, "Regex"), "auc=(",
     "semantic.job-metric"),
]  # fmt: skip


def resources(definition: object) -> Resources:
    written = definition if isinstance(definition, str) else json.dumps(definition)
    machine = resource("AWS::StepFunctions::StateMachine", DefinitionString={"Fn::Sub": written})
    return {"Machine": machine, "Function": FUNCTION, "Topic": resource("AWS::SNS::Topic")}


def test_a_sound_machine_has_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, resources(SOUND)) == []


@pytest.mark.parametrize(("path", "value", "rule"), FAULTS)
def test_a_fault_in_a_machine_is_found(
    path: tuple[str | int, ...], value: Any, rule: str, tmp_path: Path
) -> None:
    assert rule in found(RULES, tmp_path, resources(with_change(SOUND, path, value)))


def test_a_definition_that_is_no_json_is_found(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, resources("{")) == ["semantic.asl-json"]


def test_a_name_that_is_always_too_long_is_found(tmp_path: Path) -> None:
    name = "States.Format('tune-{}', States.UUID())"
    definition = with_change(SOUND, (*TUNE, "HyperParameterTuningJobName.$"), name)
    assert found(RULES, tmp_path, resources(definition)) == ["semantic.request"]


def test_an_express_machine_waits_for_nothing(tmp_path: Path) -> None:
    express = resources(SOUND)
    express["Machine"]["Properties"]["StateMachineType"] = "EXPRESS"
    assert found(RULES, tmp_path, express) == ["semantic.call"]


def test_choices_that_leave_nothing_open_need_no_default(tmp_path: Path) -> None:
    rule = {"Variable": "$.ready", "BooleanEquals": True, "Next": "Done"}
    definition = {
        "StartAt": "Ready?",
        "States": {
            "Ready?": {"Type": "Choice", "Choices": [rule, {**rule, "BooleanEquals": False}]},
            "Done": {"Type": "Succeed"},
        },
    }
    assert found(RULES, tmp_path, resources(definition)) == []


def test_expressions_of_jsonata_are_values_of_run_time(tmp_path: Path) -> None:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Judge",
        "TimeoutSeconds": 60,
        "States": {
            "Judge": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sagemaker:createTransformJob.sync",
                "Arguments": {
                    "TransformJobName": "{% $states.input.name %}",
                    "ModelName": "model",
                    "TransformInput": "{% $states.input.data %}",
                    "TransformOutput": OUTPUT,
                    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
                },
                "Output": "{% $states.result %}",
                "End": True,
            }
        },
    }
    assert found(RULES, tmp_path, resources(definition)) == []
    arguments: dict[str, Any] = definition["States"]["Judge"]["Arguments"]  # type: ignore[index]
    arguments["TransformResources"] = {"InstanceType": "ml.m5.large"}
    assert found(RULES, tmp_path, resources(definition)) == ["semantic.request"]


def test_a_loop_of_nested_results_comes_to_an_end(tmp_path: Path) -> None:
    definition = {
        "StartAt": "Wrap",
        "States": {
            "Wrap": {"Type": "Pass", "Parameters": {"before.$": "$"}, "Next": "Again?"},
            "Again?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.before", "IsNull": True, "Next": "Done"}],
                "Default": "Wrap",
            },
            "Done": {"Type": "Succeed"},
        },
    }
    assert found(RULES, tmp_path, resources(definition)) == []


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path, _, _ in FAULTS:
            found(RULES, tmp_path, resources(with_change(SOUND, path, odd)))
