"""What runs in a network without a way out reaches the services that it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import at, fields, text, texts
from gate.wiring.networks import (
    Placement,
    endpoints,
    has_way_out,
    ids,
    lets_in,
    lets_out,
    placement,
    route_table,
)
from gate.wiring.permissions import permissions_of
from gate.wiring.search_domains import DOMAIN, may_call
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


def services_are_reached(assembly: Assembly) -> Iterator[Finding]:
    """Without a way out of the network, each service that the role may call has an endpoint."""
    for resident in residents(assembly):
        closed = [s for s in resident.placed.subnets if not has_way_out(assembly, s)]
        for service in sorted(resident.services) if closed else ():
            fault = unreached(assembly, resident.placed, closed, service)
            if fault:
                yield resident.owner.finding(
                    "wiring.unreachable",
                    f"{resident.what} runs in subnets without a way out, its role may call "
                    f"{service}, and {fault}: calls hang until they time out",
                )


def domains_let_callers_in(assembly: Assembly) -> Iterator[Finding]:
    """A search domain whose security groups keep out what may use it from the network."""
    for domain in assembly.resources(DOMAIN):
        own = texts(domain.properties, "VPCOptions", "SecurityGroupIds")
        groups = placement(assembly, (), own).groups
        for resident in residents(assembly) if groups else ():
            calls = may_call(assembly, resident.role, domain)
            if calls and not any(lets_in(assembly, group, resident.placed) for group in groups):
                yield resident.owner.finding(
                    "wiring.unreachable",
                    f"its role may use {domain.name}, whose security groups do not let it in on "
                    "443: calls hang until they time out; let it in",
                )


def groups_let_calls_out(assembly: Assembly) -> Iterator[Finding]:
    """Security groups that let nothing out leave their holder unable to call anything."""
    for resident in residents(assembly):
        groups = resident.placed.groups
        if groups and resident.services and not any(lets_out(assembly, g) for g in groups):
            yield resident.owner.finding(
                "wiring.no-egress",
                f"the security groups of {resident.what} let no HTTPS out, and its role may call "
                f"{', '.join(sorted(resident.services))}; let port 443 out",
            )


def residents_span_zones(assembly: Assembly) -> Iterator[Finding]:
    """What runs in one availability zone stops with it."""
    for resident in residents(assembly):
        zones = {text(s.properties, "AvailabilityZone") for s in resident.placed.subnets} - {""}
        if len(zones) == 1:
            yield resident.owner.finding(
                "wiring.one-zone",
                f"all subnets of {resident.what} are in {zones.pop()}; give it subnets in two",
            )


def residents_are_private(assembly: Assembly) -> Iterator[Finding]:
    """Subnets that give out public addresses are no place for functions and jobs."""
    for resident in residents(assembly):
        for subnet in resident.placed.subnets:
            if subnet.properties.get("MapPublicIpOnLaunch") in (True, "true"):
                yield resident.owner.finding(
                    "wiring.public-subnet",
                    f"{resident.what} runs in {subnet.name}, whose addresses are public; use a "
                    "private subnet",
                )


def unreached(
    assembly: Assembly, placed: Placement, closed: list[Resource], service: str
) -> str | None:
    """Why a service is not reached from closed subnets; None where it is."""
    faults = [
        _fault(assembly, endpoint, placed, closed)
        for endpoint in endpoints(assembly, placed.network, service)
    ]
    if not faults:
        return f"there is no endpoint for {service}; add one"
    return None if None in faults else faults[0]


def _fault(
    assembly: Assembly, endpoint: Resource, placed: Placement, closed: list[Resource]
) -> str | None:
    """Why an endpoint is of no use to what is placed there, if so."""
    if text(endpoint.properties, "VpcEndpointType") != "Interface":
        tables = [assembly.at(value) for value in texts(endpoint.properties, "RouteTableIds")]
        missed = [subnet.name for subnet in closed if route_table(assembly, subnet) not in tables]
        return f"{endpoint.name} has no route from {', '.join(missed)}; add it" if missed else None
    if endpoint.properties.get("PrivateDnsEnabled") not in (True, "true"):
        return f"{endpoint.name} has no private DNS name, so nobody finds it; enable it"
    groups = placement(assembly, (), texts(endpoint.properties, "SecurityGroupIds")).groups
    if groups and not any(lets_in(assembly, group, placed) for group in groups):
        return f"the security groups of {endpoint.name} do not let it in on 443; let it in"
    return None


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


RULES = (
    services_are_reached,
    domains_let_callers_in,
    groups_let_calls_out,
    residents_span_zones,
    residents_are_private,
)
