"""Functions may do what their settings ask of their roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import mappings, text, texts
from gate.wiring.arns import arn_of
from gate.wiring.permissions import permissions_of
from gate.wiring.targets import behind

_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
)
_TRACES = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
_SENDS = {":sqs:": "sqs:SendMessage", ":sns:": "sns:Publish", ":lambda:": "lambda:InvokeFunction"}
_READS: Mapping[str, tuple[str, ...]] = {
    ":sqs:": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    ":kinesis:": ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"),
    ":dynamodb:": (
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:DescribeStream",
        "dynamodb:ListStreams",
    ),
}


def functions_may_do_their_settings(assembly: Assembly) -> Iterator[Finding]:
    """A function that logs, traces, joins a network or reports failures without being let."""
    permissions = permissions_of(assembly)
    for function in assembly.resources("AWS::Lambda::Function"):
        role = text(function.properties, "Role")
        for why, actions, arn in _asked(assembly, function):
            lacking = [action for action in actions if not permissions.may(role, action, arn)]
            if lacking:
                yield function.finding(
                    "wiring.function-role",
                    f"{why} takes {', '.join(lacking)} on {arn}, which its role is not let; "
                    "allow it",
                )


def functions_may_report(assembly: Assembly) -> Iterator[Finding]:
    """A function that may not send its results or failures where it is told to."""
    permissions = permissions_of(assembly)
    for settings in assembly.resources("AWS::Lambda::EventInvokeConfig"):
        function = behind(assembly, text(settings.properties, "FunctionName"))
        for when in ("OnFailure", "OnSuccess"):
            arn = text(settings.properties, "DestinationConfig", when, "Destination")
            action = _sending(arn)
            role = "" if function is None else text(function.properties, "Role")
            if action and not permissions.may(role, action, arn):
                yield settings.finding(
                    "wiring.function-role",
                    f"{when} takes {action} on {arn}, which the function's role is not let; "
                    "allow it",
                )


def functions_may_read_their_sources(assembly: Assembly) -> Iterator[Finding]:
    """A queue or stream that feeds a function which may not read it."""
    permissions = permissions_of(assembly)
    for mapping in assembly.resources("AWS::Lambda::EventSourceMapping"):
        source = text(mapping.properties, "EventSourceArn")
        function = behind(assembly, text(mapping.properties, "FunctionName"))
        role = "" if function is None else text(function.properties, "Role")
        needed = next((actions for part, actions in _READS.items() if part in source), ())
        lacking = [action for action in needed if not permissions.may(role, action, source)]
        if lacking:
            yield mapping.finding(
                "wiring.function-role",
                f"reading {source} takes {', '.join(lacking)}, which the function's role is not "
                "let; allow it",
            )


def _asked(assembly: Assembly, function: Resource) -> Iterator[tuple[str, tuple[str, ...], str]]:
    properties = function.properties
    yield "logging", _LOGS, _log_group(assembly, function)
    if text(properties, "TracingConfig", "Mode") == "Active":
        yield "tracing", _TRACES, "*"
    if texts(properties, "VpcConfig", "SubnetIds"):
        yield "VpcConfig", _INTERFACES, "*"
    dead = text(properties, "DeadLetterConfig", "TargetArn")
    if action := _sending(dead):
        yield "DeadLetterConfig", (action,), dead
    for mount in mappings(properties, "FileSystemConfigs"):
        yield "FileSystemConfigs", ("elasticfilesystem:ClientMount",), text(mount, "Arn") or "*"


def _log_group(assembly: Assembly, function: Resource) -> str:
    named = text(function.properties, "LoggingConfig", "LogGroup")
    name = named or f"/aws/lambda/{arn_of(assembly, function).rsplit(':', 1)[-1]}"
    return f"arn:*:logs:*:*:log-group:{name}:*"


def _sending(arn: str) -> str:
    return next((action for part, action in _SENDS.items() if part in arn), "")


RULES = (
    functions_may_do_their_settings,
    functions_may_report,
    functions_may_read_their_sources,
)
