"""SageMaker jobs and models that have nobody to call are cut off from the network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.tasks import Request, requests
from gate.reading import is_true, mapping, mappings, parts, texts, within

_JOBS = ("createProcessingJob", "createTrainingJob")
_ROLES = ("AWS::IAM::Role",)
# What SageMaker itself does for a job, under the job's role, from outside its container.
_DONE_FOR_IT = ("s3:", "kms:", "ecr:", "logs:", "ec2:", "cloudwatch:PutMetricData")
_ROLE_KEYS = ("RoleArn", "ExecutionRoleArn")
_SERVICE_URL = re.compile(r"https?://[^/]+\.amazonaws\.com")


def models(assembly: Assembly) -> Iterator[Finding]:
    """A model answers; it has nobody to call."""
    for request in requests(assembly):
        if request.operation == "createModel" and not _isolated(request):
            yield request.finding(
                "posture.model-isolation", "EnableNetworkIsolation is not true: set it"
            )


def jobs(assembly: Assembly) -> Iterator[Finding]:
    """A job whose role may call no service is isolated; one that may, needs the network."""
    for request in requests(assembly):
        role = assembly.at(within(request.body, "RoleArn"), *_ROLES)
        if request.operation not in _JOBS or role is None or _isolated(request):
            continue
        if _is_told_of_buckets(assembly, request):
            continue
        actions = _actions(assembly, role)
        if actions and all(action.startswith(_DONE_FOR_IT) for action in actions):
            yield request.finding(
                "posture.job-isolation",
                "EnableNetworkIsolation is not true, though its role may call no service but "
                "those that SageMaker calls for it: set it to true",
            )


def callers(assembly: Assembly) -> Iterator[Finding]:
    """A job whose code calls services is not cut off from them."""
    for request in requests(assembly):
        if request.operation not in _JOBS or not _is_cut_off(request):
            continue
        for name, value in mapping(request.body.get("Environment")).items():
            if isinstance(value, str) and _SERVICE_URL.match(value):
                yield request.finding(
                    "posture.job-cut-off",
                    f"EnableNetworkIsolation is true, and {name} tells its code to call {value}: "
                    "no call gets out; set it to false",
                )
        role = assembly.at(within(request.body, "RoleArn"), *_ROLES)
        if role is None or _is_shared(assembly, role):
            continue
        calls = sorted(
            action
            for action in _actions(assembly, role)
            if not action.startswith(_DONE_FOR_IT) and "*" not in action
        )
        if calls:
            yield request.finding(
                "posture.job-cut-off",
                f"EnableNetworkIsolation is true, so that its code cannot use what its role is "
                f"let do ({', '.join(calls[:4])}): set it to false, or take that from the role",
            )


def _is_cut_off(request: Request) -> bool:
    return any(is_true(part.get("EnableNetworkIsolation")) for part in parts(request.body))


def _is_shared(assembly: Assembly, role: Resource) -> bool:
    """Whether the role is one of others too, which may be those that call."""
    users = {
        (other.resource.name, other.where)
        for other in requests(assembly)
        if any(
            assembly.at(value, *_ROLES) is role
            for part in parts(other.body)
            for key, value in part.items()
            if key in _ROLE_KEYS
        )
    }
    trusting = texts(
        [
            within(statement, "Principal.Service")
            for statement in mappings(within(role.properties, "AssumeRolePolicyDocument.Statement"))
        ]
    )
    return len(users) > 1 or trusting != ["sagemaker.amazonaws.com"]


def _isolated(request: Request) -> bool:
    values = [part.get("EnableNetworkIsolation") for part in parts(request.body)]
    return any(is_true(value) or isinstance(value, str) for value in values)


def _is_told_of_buckets(assembly: Assembly, request: Request) -> bool:
    """Its code reads or writes S3 by itself: SageMaker tells it of no bucket."""
    variables = mapping(request.body.get("Environment")).values()
    return any(assembly.at(value, "AWS::S3::Bucket") for value in variables)


def _actions(assembly: Assembly, role: Resource) -> set[str]:
    """Every action that some policy allows to the role."""
    policies = mappings(role.properties.get("Policies"))
    for policy in assembly.resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        holders = [assembly.at(name, *_ROLES) for name in texts(policy.properties.get("Roles"))]
        if role in holders:
            policies.append(policy.properties)
    return {
        action
        for policy in policies
        for statement in mappings(within(policy, "PolicyDocument.Statement"))
        if statement.get("Effect") == "Allow"
        for action in texts(statement.get("Action"))
    }


RULES: tuple[Rule, ...] = (models, jobs, callers)
