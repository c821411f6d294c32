"""State machines may do what their states do."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import at, mappings, text
from gate.semantic.state_machine import machines
from gate.wiring.machine_needs import needs_of
from gate.wiring.permissions import permissions_of
from gate.wiring.uses import passed_roles

_DELIVERS_LOGS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
_TRACES = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


def machines_may_do_their_states(assembly: Assembly) -> Iterator[Finding]:
    """A state whose call the machine's role is refused."""
    permissions = permissions_of(assembly)
    for machine in machines(assembly):
        role = text(machine.resource.properties, "RoleArn")
        for state in machine.states():
            for need in needs_of(assembly, state):
                if not permissions.may(role, need.action, need.resource):
                    yield machine.resource.finding(
                        "wiring.machine-role",
                        f"{state.place} needs {need.action} on {need.resource}, which the "
                        "machine's role is not let; allow it",
                    )


def machines_may_pass_roles(assembly: Assembly) -> Iterator[Finding]:
    """A state that hands over a role that the machine may not pass to that service."""
    permissions = permissions_of(assembly)
    for use in passed_roles(assembly):
        own = text(use.user.properties, "RoleArn")
        context = {"iam:PassedToService": use.service}
        if not permissions.may(own, "iam:PassRole", use.role, context):
            yield use.user.finding(
                "wiring.pass-role",
                f"{use.by} hands {use.role} to {use.service}, and the machine's role is not let "
                "iam:PassRole for it; allow it, with iam:PassedToService",
            )


def machines_may_log_and_trace(assembly: Assembly) -> Iterator[Finding]:
    """A machine that is to log or trace, under a role that may not."""
    permissions = permissions_of(assembly)
    for machine in assembly.resources("AWS::StepFunctions::StateMachine"):
        properties = machine.properties
        needed: tuple[str, ...] = ()
        if mappings(properties, "LoggingConfiguration", "Destinations"):
            needed += _DELIVERS_LOGS
        if at(properties, "TracingConfiguration", "Enabled") in (True, "true"):
            needed += _TRACES
        lacking = [a for a in needed if not permissions.may(text(properties, "RoleArn"), a)]
        if lacking:
            yield machine.finding(
                "wiring.machine-logs",
                f"its role is not let {', '.join(lacking)}: its history is lost; allow them",
            )


def distributed_maps_may_start(assembly: Assembly) -> Iterator[Finding]:
    """A distributed map starts executions of its own machine, which the role must be let."""
    permissions = permissions_of(assembly)
    for machine in machines(assembly):
        for state in machine.states():
            mode = text(state.body, "ItemProcessor", "ProcessorConfig", "Mode")
            role = text(machine.resource.properties, "RoleArn")
            if mode == "DISTRIBUTED" and not permissions.may(role, "states:StartExecution"):
                yield machine.resource.finding(
                    "wiring.machine-role",
                    f"{state.place} is a distributed map, which needs states:StartExecution on "
                    "the machine itself; allow it",
                )


RULES = (
    machines_may_do_their_states,
    machines_may_pass_roles,
    machines_may_log_and_trace,
    distributed_maps_may_start,
)
