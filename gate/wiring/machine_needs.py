"""What a state machine's role needs for each thing that its states do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate.assembly import Assembly
from gate.reading import text
from gate.semantic.integration import Integration, integration_of
from gate.semantic.state_machine import State
from gate.wiring.arns import arn_of
from gate.wiring.known_actions import is_known
from gate.wiring.requests import pattern_at

_FUNCTION_ARN = re.compile(r"arn:[a-z-]+:lambda:.+:function:.+")
_RULE_ACTIONS = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
_RULE = "StepFunctionsGetEventsFor"
# What `.sync` takes besides starting: how the job is watched and stopped, and the managed rule
# through which Step Functions learns of its end.
_WATCHED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "sagemaker:createTrainingJob": (
        ("DescribeTrainingJob", "StopTrainingJob"),
        f"{_RULE}SageMakerTrainingJobsRule",
    ),
    "sagemaker:createTransformJob": (
        ("DescribeTransformJob", "StopTransformJob"),
        f"{_RULE}SageMakerTransformJobsRule",
    ),
    "sagemaker:createProcessingJob": (
        ("DescribeProcessingJob", "StopProcessingJob"),
        f"{_RULE}SageMakerProcessingJobsRule",
    ),
    "sagemaker:createHyperParameterTuningJob": (
        ("DescribeHyperParameterTuningJob", "StopHyperParameterTuningJob"),
        f"{_RULE}SageMakerTuningJobsRule",
    ),
    "emr-serverless:startJobRun": (("GetJobRun", "CancelJobRun"), f"{_RULE}EMRServerlessJobRule"),
    "states:startExecution": (
        ("DescribeExecution", "StopExecution"),
        f"{_RULE}StepFunctionsExecutionRule",
    ),
    "ecs:runTask": (("DescribeTasks", "StopTask"), f"{_RULE}ECSTaskRule"),
    "batch:submitJob": ((), f"{_RULE}BatchJobsRule"),
    "codebuild:startBuild": (
        ("BatchGetBuilds", "StopBuild"),
        "StepFunctionsGetEventForCodeBuildStartBuildRule",
    ),
    "glue:startJobRun": (("GetJobRun", "BatchStopJobRun"), ""),
    "athena:startQueryExecution": (("GetQueryExecution",), ""),
}
_S3_ACTIONS = {
    "listObjects": "ListBucket",
    "listObjectsV2": "ListBucket",
    "headBucket": "ListBucket",
    "headObject": "GetObject",
    "copyObject": "PutObject",
    "deleteObjects": "DeleteObject",
}
_IAM_NAMES = {"monitoring": "cloudwatch", "lambda": "lambda"}
_TARGETS: Mapping[str, str] = {
    "sns:publish": "TopicArn",
    "states:startExecution": "StateMachineArn",
    "lambda:invoke": "FunctionName",
    "dynamodb:getItem": "TableName",
    "dynamodb:putItem": "TableName",
    "dynamodb:updateItem": "TableName",
    "dynamodb:deleteItem": "TableName",
    "sqs:sendMessage": "QueueUrl",
}


@dataclass(frozen=True)
class Need:
    """An action on a resource, the latter as a pattern where it is not known whole."""

    action: str
    resource: str = "*"


def needs_of(assembly: Assembly, state: State) -> Iterator[Need]:
    """What one task needs of the role of its machine."""
    resource = text(state.body, "Resource")
    if state.type != "Task":
        return
    if _FUNCTION_ARN.fullmatch(resource):
        yield Need("lambda:InvokeFunction", resource)
        return
    called = integration_of(resource)
    if called is None or not called.is_checked or called.fault() is not None:
        return
    if called.service == "sagemaker":
        yield from _of_sagemaker(state, called)
    else:
        yield from _of_service(assembly, state, called)
    yield from _rule(called)


def _of_sagemaker(state: State, called: Integration) -> Iterator[Need]:
    noun = re.sub(r"^[a-z]+", "", called.action)
    name = pattern_at(state.request, f"{noun}Name")
    arn = f"arn:*:sagemaker:*:*:{_kebab(noun)}/{name}"
    if not is_known(f"sagemaker:{called.action}"):
        return
    listing = called.action.startswith("list")
    yield Need(f"sagemaker:{_capital(called.action)}", "*" if listing else arn)
    if "Tags" in (state.request if isinstance(state.request, Mapping) else {}):
        yield Need("sagemaker:AddTags", arn)
    for action in _watching(called):
        yield Need(f"sagemaker:{action}", arn)


def _of_service(assembly: Assembly, state: State, called: Integration) -> Iterator[Need]:
    prefix = _iam_prefix(called)
    verb = _S3_ACTIONS.get(called.action, called.action) if prefix == "s3" else called.action
    action = "lambda:InvokeFunction" if called.action == "invoke" else f"{prefix}:{_capital(verb)}"
    if not is_known(action):
        return
    yield Need(action, _target(assembly, state, called))
    for other in _watching(called):
        yield Need(f"{prefix}:{other}")


def _target(assembly: Assembly, state: State, called: Integration) -> str:
    key = _TARGETS.get(f"{called.service}:{called.action}")
    named = "*" if key is None else pattern_at(state.request, key)
    found = None if "*" in named else assembly.at(named)
    if found is None or named.startswith("arn:"):
        return named if named.startswith("arn:") else "*"
    return arn_of(assembly, found)


def _rule(called: Integration) -> Iterator[Need]:
    _, rule = _WATCHED.get(f"{called.service}:{called.action}", ((), ""))
    if rule and called.pattern.startswith("sync"):
        for action in _RULE_ACTIONS:
            yield Need(action, f"arn:*:events:*:*:rule/{rule}")


def _watching(called: Integration) -> tuple[str, ...]:
    actions, _ = _WATCHED.get(f"{called.service}:{called.action}", ((), ""))
    return actions if called.pattern.startswith("sync") else ()


def _iam_prefix(called: Integration) -> str:
    if called.optimised or called.model is None:
        return called.service
    signing = str(called.model.service_model.signing_name)
    return _IAM_NAMES.get(signing, signing)


def _kebab(noun: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", noun).lower()


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
