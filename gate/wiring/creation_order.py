"""What must be there before a resource can be made is made before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource, Template
from gate.finding import Finding
from gate.reading import fields, listed, text, texts
from gate.wiring.deliveries import deliveries
from gate.wiring.policies import names_action, statements_of
from gate.wiring.targets import behind

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")
# They try an action under their role while they are made, and fail where its policy comes later.
_ANY = "*"
_TRY: Mapping[str, tuple[str, str]] = {
    "AWS::SageMaker::Model": ("ExecutionRoleArn", _ANY),
    "AWS::SageMaker::MlflowApp": ("RoleArn", _ANY),
    "AWS::SageMaker::MlflowTrackingServer": ("RoleArn", _ANY),
    "AWS::StepFunctions::StateMachine": ("RoleArn", "logs:CreateLogDelivery"),
    "AWS::Pipes::Pipe": ("RoleArn", _ANY),
    "AWS::Lambda::Function": ("Role", "ec2:CreateNetworkInterface"),
}
_TARGET_POLICIES = {
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::Lambda::Permission": "FunctionName",
}


def policies_come_first(assembly: Assembly) -> Iterator[Finding]:
    """A resource that tries its role before the role's policy is attached."""
    for template in assembly.templates:
        for resource in template.resources.values():
            path, action = _TRY.get(resource.type, ("", ""))
            role = assembly.at(text(resource.properties, path), "AWS::IAM::Role") if path else None
            if role is None or not _tries(resource):
                continue
            before = made_before(template, resource)
            for policy in _attached(assembly, template, role, action):
                if policy.logical_id not in before:
                    yield resource.finding(
                        "wiring.policy-first",
                        f"it tries {role.logical_id} while it is made, and does not wait for "
                        f"{policy.logical_id}; add it to DependsOn",
                    )


def notified_targets_come_first(assembly: Assembly) -> Iterator[Finding]:
    """S3 tries the targets of a bucket's notifications when it is told of them."""
    for delivery in deliveries(assembly):
        if delivery.service != "s3.amazonaws.com":
            continue
        template = _template(assembly, delivery.source)
        target = behind(assembly, delivery.target)
        before = made_before(template, delivery.source)
        for policy in template.resources.values():
            place = _TARGET_POLICIES.get(policy.type, "")
            late = policy.logical_id not in before
            if late and target is not None and _is_about(assembly, policy, place, target):
                yield delivery.source.finding(
                    "wiring.policy-first",
                    f"S3 tries {target.logical_id} at once, and this does not wait for "
                    f"{policy.logical_id}; add it to DependsOn",
                )


def _tries(resource: Resource) -> bool:
    if resource.type == "AWS::Lambda::Function":
        return bool(texts(resource.properties, "VpcConfig", "SubnetIds"))
    return True


def _attached(
    assembly: Assembly, template: Template, role: Resource, action: str
) -> Iterator[Resource]:
    """The stack's policies of a role that allow an action."""
    for policy in template.resources.values():
        if policy.type not in _POLICIES:
            continue
        named = texts(policy.properties, "Roles") + texts(policy.properties, "RoleName")
        statements = statements_of(policy.properties.get("PolicyDocument"))
        if any(assembly.at(name, "AWS::IAM::Role") is role for name in named) and any(
            statement.get("Effect") == "Allow" and names_action(statement, action)
            for statement in statements
        ):
            yield policy


def _is_about(assembly: Assembly, policy: Resource, place: str, target: Resource) -> bool:
    # A target may have policies for others too, which S3 does not wait for.
    if "s3.amazonaws.com" not in str(policy.properties):
        return False
    return any(behind(assembly, value) is target for value in texts(policy.properties, place))


def _template(assembly: Assembly, resource: Resource) -> Template:
    return next(t for t in assembly.templates if t.resources.get(resource.logical_id) is resource)


def made_before(template: Template, resource: Resource) -> set[str]:
    """The logical ids of what is made before a resource, in its own stack."""
    found: set[str] = set()
    waiting = [resource]
    while waiting:
        current = waiting.pop()
        for name in awaited(current):
            if name not in found and name in template.resources:
                found.add(name)
                waiting.append(template.resources[name])
    return found


def awaited(resource: Resource) -> Iterator[str]:
    """What a resource refers to or names in DependsOn; parameters are among it."""
    yield from texts(resource.attributes, "DependsOn")
    for key, value in fields(resource.raw):
        if key == "Ref" and isinstance(value, str):
            yield value
        elif key == "Fn::GetAtt":
            first = (
                value.split(".", 1)[0] if isinstance(value, str) else next(iter(listed(value)), "")
            )
            yield str(first)
        elif key == "Fn::Sub":
            yield from _in_sub(value)


def _in_sub(value: Any) -> Iterator[str]:
    pattern = next(iter(listed(value)), "")
    for part in str(pattern).split("${")[1:]:
        yield part.split("}", 1)[0].split(".", 1)[0].strip()


RULES = (policies_come_first, notified_targets_come_first)
