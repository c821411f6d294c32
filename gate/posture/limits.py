"""What services take at most: found here rather than after an hour of deploying."""

from __future__ import annotations

import json
from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.reading import mappings, within

_KILO = 1024
# The most characters of a property, as CloudFormation or the service counts them.
_LONGEST = (
    ("AWS::APS::RuleGroupsNamespace", "Data", 1_000_000),
    ("AWS::APS::Workspace", "AlertManagerDefinition", 1_000_000),
    ("AWS::Events::Rule", "EventPattern", 4_096),
    ("AWS::Events::Rule", "Description", 512),
    ("AWS::IAM::ManagedPolicy", "PolicyDocument", 6_144),
    ("AWS::IAM::Policy", "PolicyDocument", 10_240),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument", 4_096),
    ("AWS::IAM::Role", "Description", 1_000),
    ("AWS::KMS::Key", "KeyPolicy", 32 * _KILO),
    ("AWS::KMS::Key", "Description", 8_192),
    ("AWS::Lambda::Function", "Description", 256),
    ("AWS::Lambda::Function", "Environment.Variables", 4 * _KILO),
    ("AWS::S3::BucketPolicy", "PolicyDocument", 20 * _KILO),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", 30_720),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", 8_192),
    ("AWS::SSM::Parameter", "Value", 8_192),
    ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupDescription", 1_024),
    ("AWS::StepFunctions::StateMachine", "DefinitionString", 1_048_576),
)
_MOST = (
    ("AWS::Events::Rule", "Targets", 5),
    ("AWS::Lambda::Function", "Layers", 5),
    ("AWS::IAM::Role", "ManagedPolicyArns", 10),
    ("AWS::SageMaker::EndpointConfig", "ProductionVariants", 10),
    ("AWS::SageMaker::EndpointConfig", "ShadowProductionVariants", 1),
    ("AWS::CloudWatch::Alarm", "AlarmActions", 5),
    ("AWS::CloudWatch::Alarm", "Dimensions", 30),
    ("AWS::Budgets::Budget", "NotificationsWithSubscribers", 10),
)
_SECTIONS = (("Resources", 500), ("Outputs", 200), ("Parameters", 200), ("Mappings", 200))
_TEMPLATE = 1_000_000
_TAGS = 50


def properties_fit(assembly: Assembly) -> Iterator[Finding]:
    """No text is longer, and no list has more, than its service takes."""
    for kind, path, longest in _LONGEST:
        for resource in assembly.resources(kind):
            size = _size(within(resource.properties, path))
            if size > longest:
                yield _over(resource, path, f"{size} characters", longest)
    for kind, path, most in _MOST:
        for resource in assembly.resources(kind):
            items = within(resource.properties, path)
            if isinstance(items, list) and len(items) > most:
                yield _over(resource, path, f"{len(items)} items", most)


def tags_fit(assembly: Assembly) -> Iterator[Finding]:
    """A resource has at most 50 tags, each key once."""
    for resource in assembly.resources():
        keys = [str(tag.get("Key")) for tag in mappings(resource.properties.get("Tags"))]
        if len(keys) > _TAGS:
            yield _over(resource, "Tags", f"{len(keys)} items", _TAGS)
        if len(set(keys)) < len(keys):
            yield resource.finding("posture.tags", "a tag's key is there twice: name it once")


def templates_fit(assembly: Assembly) -> Iterator[Finding]:
    """CloudFormation takes the template."""
    for template in assembly.templates:
        for section, most in _SECTIONS:
            count = len(template.raw.get(section) or {})
            if count > most:
                yield Finding(
                    "posture.limit", template.stack, f"{count} {section}: at most {most}; split it"
                )
        if template.path.stat().st_size > _TEMPLATE:
            yield Finding("posture.limit", template.stack, "over 1 MB: split the stack")


def _over(resource: Resource, path: str, found: str, most: int) -> Finding:
    return resource.finding("posture.limit", f"{path} has {found}: at most {most}")


def _size(value: object) -> int:
    if value is None:
        return 0
    return len(
        value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), default=str)
    )


RULES: tuple[Rule, ...] = (properties_fit, tags_fit, templates_fit)
