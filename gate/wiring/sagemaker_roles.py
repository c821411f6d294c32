"""What SageMaker runs may pull its image, read, write, log, and join its network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.wiring.keys import key_at
from gate.wiring.permissions import Permissions, permissions_of
from gate.wiring.workload_data import listed, output_keys, read, volume_keys, written
from gate.wiring.workloads import Workload, has_network, images, workloads

_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+/([^:@]+)")
_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_LOG_GROUPS = "arn:*:logs:*:*:log-group:/aws/sagemaker/*"
_NAMESPACES = {"model": "/aws/sagemaker/Endpoints", "training": "/aws/sagemaker/TrainingJobs"}
_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)
Need = tuple[str, str]


def workloads_may_do_their_work(assembly: Assembly) -> Iterator[Finding]:
    """A job or model whose role is refused its image, its data, its logs or its network."""
    permissions = permissions_of(assembly)
    for workload in workloads(assembly):
        for why, needs in (
            ("its image", _pulling(workload)),
            ("its data", _data(workload)),
            ("its logs", _logging(workload)),
            ("its network", _network(workload)),
        ):
            lacking = [
                f"{action} on {arn}"
                for action, arn in dict.fromkeys(needs)
                if not permissions.may(workload.role, action, arn)
            ]
            if lacking:
                yield workload.owner.finding(
                    "wiring.sagemaker-role",
                    f"{workload.place}: for {why}, {workload.role} lacks {'; '.join(lacking)}; "
                    "allow it",
                )


def workloads_may_put_metrics(assembly: Assembly) -> Iterator[Finding]:
    """A model or training job whose role may not put the metrics that are watched."""
    permissions = permissions_of(assembly)
    for workload in workloads(assembly):
        namespace = _NAMESPACES.get(workload.kind)
        context = {"cloudwatch:namespace": namespace}
        action = "cloudwatch:PutMetricData"
        if namespace and not permissions.may(workload.role, action, "*", context):
            yield workload.owner.finding(
                "wiring.sagemaker-role",
                f"{workload.place}: {workload.role} lacks {action} for {namespace}; allow it",
            )


def workloads_may_use_their_keys(assembly: Assembly) -> Iterator[Finding]:
    """A job or model whose role may not use the keys of its volumes and outputs."""
    permissions = permissions_of(assembly)
    for workload in workloads(assembly):
        for value, action in _key_needs(workload):
            key = key_at(assembly, value)
            if key is None or _may(permissions, workload, value, action, assembly):
                continue
            yield workload.owner.finding(
                "wiring.sagemaker-key",
                f"{workload.place}: {workload.role} lacks {action} on {key.name}; allow it",
            )


def _key_needs(workload: Workload) -> Iterator[Need]:
    for value in dict.fromkeys(output_keys(workload)):
        yield value, "kms:GenerateDataKey"
    for value in dict.fromkeys(volume_keys(workload)):
        yield value, "kms:CreateGrant"


def _may(
    permissions: Permissions, workload: Workload, value: str, action: str, assembly: Assembly
) -> bool:
    key = key_at(assembly, value)
    # Whoever asks for the job may make the grant in its role's stead.
    callers = [workload.role]
    if action == "kms:CreateGrant" and workload.caller:
        callers.append(workload.caller)
    return key is None or any(permissions.may_use_key(role, key, action) for role in callers)


def _pulling(workload: Workload) -> Iterator[Need]:
    for image in images(workload):
        found = _IMAGE.match(image)
        if found is None or f":{found[1]}:" not in workload.role.replace("::", ":"):
            continue  # another account's image is pulled by that account's leave
        for action in _PULL:
            yield action, f"arn:*:ecr:{found[2]}:{found[1]}:repository/{found[3]}"
        yield "ecr:GetAuthorizationToken", "*"


def _data(workload: Workload) -> Iterator[Need]:
    for arn in read(workload):
        yield "s3:GetObject", arn
    for arn in listed(workload):
        yield "s3:ListBucket", arn
    for arn in written(workload):
        yield "s3:PutObject", arn


def _logging(workload: Workload) -> Iterator[Need]:
    if workload.kind != "config":
        for action in _LOGS:
            yield action, _LOG_GROUPS


def _network(workload: Workload) -> Iterator[Need]:
    if has_network(workload):
        for action in _INTERFACES:
            yield action, "*"


RULES = (workloads_may_do_their_work, workloads_may_put_metrics, workloads_may_use_their_keys)
