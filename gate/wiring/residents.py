"""What runs in subnets of an assembly, and the services that it calls from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate.assembly import Assembly, Resource
from gate.reading import at, fields, text, texts
from gate.wiring.networks import Placement, ids, placement
from gate.wiring.permissions import permissions_of
from gate.wiring.targets import behind
from gate.wiring.workloads import workloads

# The endpoint through which the calls of an IAM prefix go. KMS is missing on purpose: it is called
# by the service that holds what is encrypted, not from the network.
_ENDPOINTS: Mapping[str, tuple[str, ...]] = {
    "s3": ("s3",),
    "dynamodb": ("dynamodb",),
    "sqs": ("sqs",),
    "sns": ("sns",),
    "events": ("events",),
    "states": ("states",),
    "aps": ("aps-workspaces",),
    "secretsmanager": ("secretsmanager",),
    "athena": ("athena",),
    "glue": ("glue",),
    "cloudwatch": ("monitoring",),
    "ssm": ("ssm",),
    "lambda": ("lambda",),
    "kinesis": ("kinesis-streams",),
    "firehose": ("kinesis-firehose",),
    "sts": ("sts",),
    "bedrock": ("bedrock-runtime",),
    "sagemaker-mlflow": ("experiments",),
    "batch": ("batch",),
    "cloudformation": ("cloudformation",),
    "codebuild": ("codebuild",),
    "codepipeline": ("codepipeline",),
    "ecr": ("ecr.api",),
    "ecs": ("ecs",),
    "redshift-data": ("redshift-data",),
    "scheduler": ("scheduler",),
}
# Lambda logs, and is given its image, from outside of the network; SageMaker's containers do both
# from inside.
_OF_JOBS: Mapping[str, tuple[str, ...]] = {"ecr": ("ecr.api", "ecr.dkr"), "logs": ("logs",)}
# What its data sources call. Athena calls Glue and S3 for it, from outside of the network.
_OF_GRAFANA: Mapping[str, tuple[str, ...]] = {
    "aps": ("aps-workspaces",),
    "athena": ("athena",),
    "cloudwatch": ("monitoring",),
    "logs": ("logs",),
    "redshift-data": ("redshift-data",),
    "xray": ("xray",),
}
_OF_LAMBDA: tuple[tuple[str, ...], ...] = (
    ("EventSourceArn",),
    ("DestinationConfig", "OnFailure", "Destination"),
    ("DestinationConfig", "OnSuccess", "Destination"),
)
_OF_SAGEMAKER = (
    ("sagemaker:invokeendpoint", "sagemaker.runtime"),
    ("sagemaker:callmlflow", "experiments"),
)


@dataclass(frozen=True, eq=False)
class Resident:
    """Something that runs in subnets of the assembly, and the services that it calls."""

    owner: Resource
    what: str
    role: str
    placed: Placement
    services: frozenset[str]


def residents(assembly: Assembly) -> Iterator[Resident]:
    """Every function, Grafana workspace, model and job that runs in subnets of the assembly."""
    for resident in (*_functions(assembly), *_workspaces(assembly), *_workloads(assembly)):
        if resident.placed.subnets:
            yield resident


def _functions(assembly: Assembly) -> Iterator[Resident]:
    for function in assembly.resources("AWS::Lambda::Function"):
        role = text(function.properties, "Role")
        called = _called(assembly, role, _ENDPOINTS, _used_by_lambda(assembly, function))
        placed = _placed(assembly, at(function.properties, "VpcConfig"))
        yield Resident(function, "the function", role, placed, called)


def _workspaces(assembly: Assembly) -> Iterator[Resident]:
    for workspace in assembly.resources("AWS::Grafana::Workspace"):
        role = text(workspace.properties, "RoleArn")
        placed = _placed(assembly, at(workspace.properties, "VpcConfiguration"))
        called = _called(assembly, role, _OF_GRAFANA)
        yield Resident(workspace, "the workspace", role, placed, called)


def _workloads(assembly: Assembly) -> Iterator[Resident]:
    for workload in workloads(assembly):
        for key, settings in fields(workload.request):
            if key == "VpcConfig":
                placed = _placed(assembly, settings)
                called = _called(assembly, workload.role, {**_ENDPOINTS, **_OF_JOBS})
                yield Resident(workload.owner, workload.place, workload.role, placed, called)


def _placed(assembly: Assembly, settings: object) -> Placement:
    groups = texts(settings, "SecurityGroupIds")
    return placement(assembly, ids(settings, "Subnets", "SubnetIds"), groups)


def _called(
    assembly: Assembly,
    role_arn: str,
    known: Mapping[str, tuple[str, ...]],
    from_outside: frozenset[Resource] = frozenset(),
) -> frozenset[str]:
    """The services that a role may call, but for what is only about resources used from outside."""
    permissions = permissions_of(assembly)
    role = permissions.role_at(role_arn)
    found: set[str] = set()
    for statement in [] if role is None else permissions.statements(role):
        about = {behind(assembly, value) for value in texts(statement, "Resource")}
        if statement.get("Effect") != "Allow" or (about and about <= from_outside):
            continue
        for action in texts(statement, "Action"):
            found.update(_endpoints_of(action.lower(), known))
    return frozenset(found)


def _endpoints_of(action: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    prefix = action.partition(":")[0]
    if prefix == "sagemaker":
        own = (endpoint for start, endpoint in _OF_SAGEMAKER if action.startswith(start))
        return (next(own, "sagemaker.api"),)
    return known.get(prefix, ())


def _used_by_lambda(assembly: Assembly, function: Resource) -> frozenset[Resource]:
    """What Lambda itself sends to and reads from under the function's role, outside its network."""
    places: list[tuple[Resource, tuple[str, ...]]] = [(function, ("DeadLetterConfig", "TargetArn"))]
    for settings in assembly.resources(
        "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping"
    ):
        if behind(assembly, text(settings.properties, "FunctionName")) is function:
            places += [(settings, path) for path in _OF_LAMBDA]
    values = (behind(assembly, text(holder.properties, *path)) for holder, path in places)
    return frozenset(found for found in values if found is not None)
