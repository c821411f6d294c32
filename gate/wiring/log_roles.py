"""Flow logs and trails may write their log groups under the roles that they are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import text
from gate.wiring.arns import arn_of
from gate.wiring.permissions import permissions_of

_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
_TRAIL, _FLOW_LOG = "AWS::CloudTrail::Trail", "AWS::EC2::FlowLog"


class _Writer(NamedTuple):
    """Who writes, under which role, and the ARN of the group."""

    resource: Resource
    role: str
    group: str


def writers_may_write_their_group(assembly: Assembly) -> Iterator[Finding]:
    """A flow log or a trail whose role may not write the log group that it names."""
    permissions = permissions_of(assembly)
    for writer in _writers(assembly):
        # AWS's own examples name a group both with and without the streams in it.
        places = (writer.group, f"{writer.group}:*")
        lacking = [
            action
            for action in _ACTIONS
            if not any(permissions.may(writer.role, action, place) for place in places)
        ]
        if lacking:
            yield writer.resource.finding(
                "wiring.log-role",
                f"its role is not let {', '.join(lacking)} on {writer.group}: nothing is ever "
                "recorded, and nobody is told; allow them there",
            )


def _writers(assembly: Assembly) -> Iterator[_Writer]:
    for flow_log in assembly.resources(_FLOW_LOG):
        role = text(flow_log.properties, "DeliverLogsPermissionArn")
        if group := _group_of(assembly, flow_log):
            yield _Writer(flow_log, role, group)
    for trail in assembly.resources(_TRAIL):
        role = text(trail.properties, "CloudWatchLogsRoleArn")
        if group := text(trail.properties, "CloudWatchLogsLogGroupArn"):
            yield _Writer(trail, role, group.removesuffix(":*"))


def _group_of(assembly: Assembly, flow_log: Resource) -> str:
    """The ARN of the group that a flow log writes to; empty where it writes elsewhere."""
    destination = text(flow_log.properties, "LogDestination")
    name = text(flow_log.properties, "LogGroupName")
    if ":log-group:" in destination:
        return destination.removesuffix(":*")
    found = assembly.at(name, "AWS::Logs::LogGroup")
    if found is not None:
        return arn_of(assembly, found).removesuffix(":*")
    return f"arn:*:logs:*:*:log-group:{name}" if name else ""


RULES = (writers_may_write_their_group,)
