"""SageMaker jobs and models that have nobody to call are cut off from the network."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.tasks import Request, requests
from gate.reading import is_true, mapping, mappings, parts, texts, within

_JOBS = ("createProcessingJob", "createTrainingJob")
_ROLES = ("AWS::IAM::Role",)
# What SageMaker itself does for a job, under the job's role, from outside its container.
_DONE_FOR_IT = ("s3:", "kms:", "ecr:", "logs:", "ec2:", "cloudwatch:PutMetricData")


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


RULES: tuple[Rule, ...] = (models, jobs)
