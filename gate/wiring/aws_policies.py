"""The policies of AWS that functions commonly have, as far as the rules ask for them.

Any other policy from outside the assembly is unknown: a role that has one is taken to be allowed
whatever is asked for, so that nothing is reported that may be right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Statement = Mapping[str, Any]

_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
_INTERFACES = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]
_TRACES = [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
]
_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def _may(*actions: str) -> tuple[Statement, ...]:
    return ({"Effect": "Allow", "Action": list(actions), "Resource": "*"},)


_KNOWN: Mapping[str, tuple[Statement, ...]] = {
    "AWSLambdaBasicExecutionRole": _may(*_LOGS),
    "AWSLambdaVPCAccessExecutionRole": _may(*_LOGS, *_INTERFACES),
    "AWSLambdaSQSQueueExecutionRole": _may(*_LOGS, *_QUEUE),
    "AWSXRayDaemonWriteAccess": _may(*_TRACES),
    "AWSXrayWriteOnlyAccess": _may(*_TRACES),
    "AWSDenyAll": ({"Effect": "Deny", "Action": "*", "Resource": "*"},),
}


def statements_of_aws(arn: str) -> tuple[Statement, ...] | None:
    """The statements of a policy of AWS, or None where they are not known here."""
    if ":iam::aws:policy/" not in arn:
        return None
    return _KNOWN.get(arn.rsplit("/", 1)[-1])
