"""What logs does so into a group that is kept for a while and then cleared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import at, mappings, text
from gate.wiring.arns import arn_of

_GROUP = "AWS::Logs::LogGroup"
# The functions that the CDK adds for its own ends, which take no settings.
_OF_THE_CDK = ("Custom::", "CustomResourceProvider", "LogRetention", "BucketNotificationsHandler")
_FIXED_PREFIXES: Mapping[str, str] = {
    "/aws/lambda/": "AWS::Lambda::Function",
    "/aws/codebuild/": "AWS::CodeBuild::Project",
}


def functions_have_log_groups(assembly: Assembly) -> Iterator[Finding]:
    """A function whose log group Lambda makes by itself keeps its logs for ever."""
    for function in assembly.resources("AWS::Lambda::Function"):
        if _is_of_the_cdk(function) or _has_retention_resource(assembly, function):
            continue
        named = text(function.properties, "LoggingConfig", "LogGroup")
        own = f"/aws/lambda/{arn_of(assembly, function).rsplit(':', 1)[-1]}"
        yield from _judge(assembly, function, named or own, "LoggingConfig")


def machines_have_log_groups(assembly: Assembly) -> Iterator[Finding]:
    """A state machine that logs nowhere, or where nothing is ever cleared."""
    for machine in assembly.resources("AWS::StepFunctions::StateMachine"):
        settings = at(machine.properties, "LoggingConfiguration")
        destinations = mappings(settings, "Destinations")
        if not destinations or text(settings, "Level") == "OFF":
            yield machine.finding(
                "wiring.log-group",
                "it logs nowhere: a failed run leaves no trace after 90 days; give it a "
                "LoggingConfiguration with a log group",
            )
        for destination in destinations:
            value = text(destination, "CloudWatchLogsLogGroup", "LogGroupArn")
            yield from _judge(assembly, machine, value, "LoggingConfiguration")


def builds_have_log_groups(assembly: Assembly) -> Iterator[Finding]:
    """A build project whose log group CodeBuild makes by itself keeps its logs for ever."""
    for project in assembly.resources("AWS::CodeBuild::Project"):
        settings = at(project.properties, "LogsConfig", "CloudWatchLogs")
        if _is_of_the_cdk(project) or text(settings, "Status") == "DISABLED":
            continue
        own = f"/aws/codebuild/{arn_of(assembly, project).rsplit('/', 1)[-1]}"
        yield from _judge(assembly, project, text(settings, "GroupName") or own, "LogsConfig")


def log_groups_are_written_to(assembly: Assembly) -> Iterator[Finding]:
    """A log group named for a function or build that is none of the assembly's stays empty."""
    for group in assembly.resources(_GROUP):
        name = text(group.properties, "LogGroupName")
        for prefix, kind in _FIXED_PREFIXES.items():
            if name.startswith(prefix) and assembly.at(name.removeprefix(prefix), kind) is None:
                yield group.finding(
                    "wiring.log-group-name",
                    f"{name} is named for {name.removeprefix(prefix)}, which is not in the "
                    "assembly: nothing writes there; name the function's group",
                )


def _judge(assembly: Assembly, writer: Resource, value: str, by: str) -> Iterator[Finding]:
    group = assembly.at(value, _GROUP)
    if group is None and (value.startswith("arn:") or "unresolved:" in value):
        return  # a group from elsewhere, or a reference to nothing, which has its own rule
    if group is None:
        yield writer.finding(
            "wiring.log-group",
            f"no log group {value} is in the assembly: one is made that keeps all for ever; add "
            f"one with RetentionInDays, and name it in {by}",
        )
    elif not group.properties.get("RetentionInDays"):
        yield writer.finding(
            "wiring.log-group",
            f"its log group {group.name} has no RetentionInDays: it keeps all for ever; set it",
        )


def _has_retention_resource(assembly: Assembly, function: Resource) -> bool:
    """Whether the CDK's older way, a custom resource, sets the retention."""
    own = f"/aws/lambda/{arn_of(assembly, function).rsplit(':', 1)[-1]}"
    return any(
        text(retention.properties, "LogGroupName") == own
        for retention in assembly.resources("Custom::LogRetention")
    )


def _is_of_the_cdk(resource: Resource) -> bool:
    path = text(resource.attributes, "Metadata", "aws:cdk:path") or resource.logical_id
    framework = path.endswith(("/framework-onEvent/Resource", "/framework-isComplete/Resource"))
    return framework or any(mark in path for mark in _OF_THE_CDK) or "AWS679f53fac" in path


RULES = (
    functions_have_log_groups,
    machines_have_log_groups,
    builds_have_log_groups,
    log_groups_are_written_to,
)
