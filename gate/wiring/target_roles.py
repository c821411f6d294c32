"""Rules, schedules and pipes may do what they are for, under the roles that they name."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mappings, text
from gate.semantic.integration import sdk_services
from gate.semantic.service_model import operation
from gate.wiring.known_actions import is_known
from gate.wiring.permissions import permissions_of

# What is done to a target, by a part of its ARN.
_ACTIONS = (
    (":stateMachine:", "states:StartExecution"),
    (":lambda:", "lambda:InvokeFunction"),
    (":sqs:", "sqs:SendMessage"),
    (":sns:", "sns:Publish"),
    (":event-bus/", "events:PutEvents"),
    (":api-destination/", "events:InvokeApiDestination"),
    (":pipeline/", "sagemaker:StartPipelineExecution"),
    (":codebuild:", "codebuild:StartBuild"),
    (":codepipeline:", "codepipeline:StartPipelineExecution"),
    (":kinesis:", "kinesis:PutRecord"),
    (":firehose:", "firehose:PutRecord"),
    (":job-queue/", "batch:SubmitJob"),
)
# EventBridge reaches these under a role only; a function, a topic or a queue lets it in itself.
_ROLE_ONLY = {
    "states:StartExecution",
    "sagemaker:StartPipelineExecution",
    "codebuild:StartBuild",
    "codepipeline:StartPipelineExecution",
    "kinesis:PutRecord",
    "firehose:PutRecord",
    "events:InvokeApiDestination",
    "batch:SubmitJob",
}
_UNIVERSAL = ":scheduler:::aws-sdk:"


def rules_may_start_targets(assembly: Assembly) -> Iterator[Finding]:
    """A rule whose target it may not start."""
    permissions = permissions_of(assembly)
    for rule in assembly.resources("AWS::Events::Rule"):
        for target in mappings(rule.properties, "Targets"):
            arn, role = text(target, "Arn"), text(target, "RoleArn")
            action = action_on(arn)
            if action in _ROLE_ONLY and not role:
                yield rule.finding(
                    "wiring.target-role",
                    f"its target {arn} has no RoleArn, without which it is not let {action}; "
                    "give it a role",
                )
            elif role and action and not permissions.may(role, action, arn):
                yield rule.finding("wiring.target-role", _refused(role, action, arn))


def schedules_may_start_targets(assembly: Assembly) -> Iterator[Finding]:
    """A schedule whose role may not start its target, or keep what could not be delivered."""
    permissions = permissions_of(assembly)
    for schedule in assembly.resources("AWS::Scheduler::Schedule"):
        role = text(schedule.properties, "Target", "RoleArn")
        dead = text(schedule.properties, "Target", "DeadLetterConfig", "Arn")
        arn = text(schedule.properties, "Target", "Arn")
        resource = "*" if _UNIVERSAL in arn else arn
        for action, where in ((action_on(arn), resource), ("sqs:SendMessage" * bool(dead), dead)):
            if action and not permissions.may(role, action, where):
                yield schedule.finding("wiring.schedule-role", _refused(role, action, where))


def pipes_may_move(assembly: Assembly) -> Iterator[Finding]:
    """A pipe whose role may not read its source or write its target."""
    permissions = permissions_of(assembly)
    for pipe in assembly.resources("AWS::Pipes::Pipe"):
        role = text(pipe.properties, "RoleArn")
        source, target = text(pipe.properties, "Source"), text(pipe.properties, "Target")
        for action, arn in (*(_reads(source)), (action_on(target), target)):
            if action and not permissions.may(role, action, arn):
                yield pipe.finding("wiring.pipe-role", _refused(role, action, arn))


def action_on(arn: str) -> str:
    """What is done to a target; empty where it is not known here."""
    if _UNIVERSAL in arn:
        return _universal(arn.partition(_UNIVERSAL)[2])
    return next((action for part, action in _ACTIONS if part in arn), "")


def _universal(call: str) -> str:
    service, _, action = call.partition(":")
    known = sdk_services().get(service)
    model = None if known is None else operation(known, action)
    if model is None:
        return ""
    found = f"{model.service_model.signing_name}:{model.name}"
    return found if is_known(found) else ""


def _reads(source: str) -> tuple[tuple[str, str], ...]:
    if ":sqs:" not in source:
        return ()
    actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    return tuple((action, source) for action in actions)


def _refused(role: str, action: str, arn: str) -> str:
    return f"its role {role} is not let {action} on {arn}: nothing is started; allow it"


RULES = (rules_may_start_targets, schedules_may_start_targets, pipes_may_move)
