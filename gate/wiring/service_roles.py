"""Grafana, CodeBuild, Firehose and Athena may do their work under the roles that they are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import fields, text, texts
from gate.wiring.arns import arn_of
from gate.wiring.permissions import permissions_of
from gate.wiring.targets import object_arn

_SOURCES: Mapping[str, tuple[str, ...]] = {
    "PROMETHEUS": (
        "aps:QueryMetrics",
        "aps:GetLabels",
        "aps:GetSeries",
        "aps:GetMetricMetadata",
    ),
    "CLOUDWATCH": ("cloudwatch:GetMetricData", "cloudwatch:ListMetrics"),
    "ATHENA": ("athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"),
    "XRAY": ("xray:GetTraceSummaries", "xray:BatchGetTraces"),
}
_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


def grafana_may_read_its_sources(assembly: Assembly) -> Iterator[Finding]:
    """A Grafana workspace whose role may not read its data sources."""
    permissions = permissions_of(assembly)
    for workspace in assembly.resources("AWS::Grafana::Workspace"):
        role = text(workspace.properties, "RoleArn")
        for source in texts(workspace.properties, "DataSources"):
            needed = _SOURCES.get(source, ())
            lacking = [action for action in needed if not permissions.may(role, action)]
            if lacking:
                yield workspace.finding(
                    "wiring.grafana-role",
                    f"it reads {source}, and its role is not let {', '.join(lacking)}: panels "
                    "stay empty; allow them",
                )


def builds_may_log(assembly: Assembly) -> Iterator[Finding]:
    """A build project whose role may not write its log: the build fails before it starts."""
    permissions = permissions_of(assembly)
    for project in assembly.resources("AWS::CodeBuild::Project"):
        settings = ("LogsConfig", "CloudWatchLogs")
        name = arn_of(assembly, project).rsplit("/", 1)[-1]
        group = text(project.properties, *settings, "GroupName") or f"/aws/codebuild/{name}"
        role = text(project.properties, "ServiceRole")
        where = f"arn:*:logs:*:*:log-group:{group}:*"
        lacking = [action for action in _LOGS if not permissions.may(role, action, where)]
        if lacking and text(project.properties, *settings, "Status") != "DISABLED":
            yield project.finding(
                "wiring.build-role",
                f"its role is not let {', '.join(lacking)} on {group}; allow them",
            )


def streams_may_write(assembly: Assembly) -> Iterator[Finding]:
    """A delivery stream whose role may not write its bucket."""
    permissions = permissions_of(assembly)
    for stream in assembly.resources("AWS::KinesisFirehose::DeliveryStream"):
        for _, destination in fields(stream.properties):
            role, bucket = text(destination, "RoleARN"), text(destination, "BucketARN")
            if bucket and not permissions.may(role, "s3:PutObject", f"{bucket}/*"):
                yield stream.finding(
                    "wiring.stream-role",
                    f"it delivers to {bucket}, and its role is not let s3:PutObject there; "
                    "allow it",
                )


def queriers_may_keep_results(assembly: Assembly) -> Iterator[Finding]:
    """A role that may start queries in a workgroup, and not write their results."""
    permissions = permissions_of(assembly)
    for group in assembly.resources("AWS::Athena::WorkGroup"):
        path = ("WorkGroupConfiguration", "ResultConfiguration", "OutputLocation")
        uri, arn = text(group.properties, *path), arn_of(assembly, group)
        for role in assembly.resources("AWS::IAM::Role"):
            own = arn_of(assembly, role)
            # A role whose policies cannot all be read may do anything here, and is left alone.
            if not uri.startswith("s3://") or not permissions.is_known(role):
                continue
            starts = permissions.may(own, "athena:StartQueryExecution", arn)
            if starts and not permissions.may(own, "s3:PutObject", f"{object_arn(uri)}*"):
                yield role.finding(
                    "wiring.query-role",
                    f"it may start queries in {group.name}, and not write their results to {uri}: "
                    "every query fails; allow s3:PutObject there",
                )


RULES = (
    grafana_may_read_its_sources,
    builds_may_log,
    streams_may_write,
    queriers_may_keep_results,
)
