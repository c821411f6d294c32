"""Functions and jobs may use the resources that their environment variables name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import at, text, texts
from gate.wiring.arns import arn_of
from gate.wiring.glob import overlaps
from gate.wiring.permissions import permissions_of
from gate.wiring.policies import names_action
from gate.wiring.workloads import workloads

_SERVICES = {
    "AWS::S3::Bucket": "s3",
    "AWS::SNS::Topic": "sns",
    "AWS::SQS::Queue": "sqs",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::SecretsManager::Secret": "secretsmanager",
    "AWS::StepFunctions::StateMachine": "states",
    "AWS::APS::Workspace": "aps",
    "AWS::SageMaker::MlflowApp": "sagemaker",
    "AWS::OpenSearchService::Domain": "es",
    "AWS::OpenSearchServerless::Collection": "aoss",
}
# Jobs of one platform are commonly told all of its buckets, and use some.
_OF_JOBS = set(_SERVICES) - {"AWS::S3::Bucket"}
_WORKSPACE = re.compile(r"/workspaces/(ws-[\w-]+)")


def functions_may_use_what_they_are_told_of(assembly: Assembly) -> Iterator[Finding]:
    """A function whose environment names a resource on which its role is let nothing at all."""
    for function in assembly.resources("AWS::Lambda::Function"):
        variables = at(function.properties, "Environment", "Variables")
        role = text(function.properties, "Role")
        for name, found in _named(assembly, variables, set(_SERVICES)):
            if not _is_let(assembly, role, found):
                yield function.finding(
                    "wiring.environment",
                    f"{name} names {found.name}, on which its role is let nothing; allow what "
                    "the function does there, or drop the variable",
                )


def jobs_may_use_what_they_are_told_of(assembly: Assembly) -> Iterator[Finding]:
    """A job or model whose environment names a resource on which its role is let nothing."""
    for workload in workloads(assembly):
        holders = (workload.request, at(workload.request, "PrimaryContainer"))
        for holder in holders:
            for name, found in _named(assembly, at(holder, "Environment"), _OF_JOBS):
                if not _is_let(assembly, workload.role, found):
                    yield workload.owner.finding(
                        "wiring.environment",
                        f"{workload.place}: {name} names {found.name}, on which {workload.role} "
                        "is let nothing; allow what is done there, or drop the variable",
                    )


def _named(
    assembly: Assembly, variables: object, types: set[str]
) -> Iterator[tuple[str, Resource]]:
    for name, value in variables.items() if isinstance(variables, Mapping) else ():
        if not isinstance(value, str):
            continue
        workspace = _WORKSPACE.search(value)
        plain = workspace[1] if workspace else value.removeprefix("https://").rstrip("/")
        found = assembly.at(value, *types) or assembly.at(plain, *types)
        if found is not None:
            yield str(name), found


def _is_let(assembly: Assembly, role_arn: str, resource: Resource) -> bool:
    """Whether a role is let anything on a resource, or is not known here."""
    permissions = permissions_of(assembly)
    role = permissions.role_at(role_arn)
    if role is None or not permissions.is_known(role):
        return True
    arn = arn_of(assembly, resource)
    return any(
        statement.get("Effect") == "Allow"
        and names_action(statement, f"{_SERVICES[resource.type]}:*")
        and ("NotResource" in statement or _is_about(statement, arn))
        for statement in permissions.statements(role)
    )


def _is_about(statement: Mapping[str, object], arn: str) -> bool:
    below = (arn, f"{arn}/*", f"{arn}:*")
    return any(overlaps(own, place) for own in texts(statement, "Resource") for place in below)


RULES = (functions_may_use_what_they_are_told_of, jobs_may_use_what_they_are_told_of)
