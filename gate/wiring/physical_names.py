"""Names that two resources would share, policies that replace each other, and misspelt targets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import fields, listed, text, texts

_NAMED_BY: Mapping[str, str] = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::Events::Rule": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::KMS::Alias": "AliasName",
    "AWS::SageMaker::Model": "ModelName",
    "AWS::SageMaker::Endpoint": "EndpointName",
    "AWS::SageMaker::EndpointConfig": "EndpointConfigName",
    "AWS::SageMaker::ModelPackageGroup": "ModelPackageGroupName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Athena::WorkGroup": "Name",
    "AWS::Budgets::Budget": "Budget.BudgetName",
    "AWS::SSM::Parameter": "Name",
}
_REPLACES: Mapping[str, str] = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
}
_ARN = re.compile(r"arn:[a-z-]+:(sns|sqs|lambda|states):[a-z0-9-]*:(\d{12}):(?:\w+:)?([\w.-]+)")
_TYPES = {
    "sns": "AWS::SNS::Topic",
    "sqs": "AWS::SQS::Queue",
    "lambda": "AWS::Lambda::Function",
    "states": "AWS::StepFunctions::StateMachine",
}
_LIKENESS = 0.8


def names_are_unique(assembly: Assembly) -> Iterator[Finding]:
    """Two resources of one type and one name: the second cannot be made."""
    taken: dict[tuple[object, ...], Resource] = {}
    for template in assembly.templates:
        # Stages are folders of their own, and as a rule accounts of their own.
        place = (template.path.parent, template.account, template.region)
        for resource in template.resources.values():
            path = _NAMED_BY.get(resource.type)
            name = text(resource.properties, *path.split(".")) if path else ""
            if not name:
                continue
            group = text(resource.properties, "GroupName") + text(
                resource.properties, "EventBusName"
            )
            other = taken.setdefault((*place, resource.type, group, name), resource)
            if other is not resource:
                yield resource.finding(
                    "wiring.duplicate-name",
                    f"it is named {name}, and so is {other.name}: the second cannot be made; "
                    "leave the names to CloudFormation",
                )


def policies_do_not_replace_each_other(assembly: Assembly) -> Iterator[Finding]:
    """Two policies on one bucket, topic or queue: there is one only, so the last wins."""
    first: dict[tuple[str, str], Resource] = {}
    for policy in assembly.resources(*_REPLACES):
        for target in texts(policy.properties, _REPLACES[policy.type]):
            other = first.setdefault((policy.type, target), policy)
            if other is not policy:
                yield policy.finding(
                    "wiring.policy-replaced",
                    f"{target} has the policy {other.name} already, and takes one; join them",
                )


def arns_are_not_misspelt(assembly: Assembly) -> Iterator[Finding]:
    """An ARN written by hand that points at nothing, but nearly at a resource of the assembly."""
    names: dict[str, list[str]] = {kind: [] for kind in _TYPES.values()}
    for resource in assembly.resources(*names):
        if name := text(resource.properties, _NAMED_BY[resource.type]):
            names[resource.type].append(name)
    for resource in assembly.resources():
        for value in _texts_in(resource.properties):
            found = _ARN.fullmatch(value)
            if found is None or assembly.at(value) is not None:
                continue
            near = difflib.get_close_matches(found[3], names[_TYPES[found[1]]], 1, _LIKENESS)
            if near:
                yield resource.finding(
                    "wiring.misspelt-arn",
                    f"{value} points at nothing of the assembly, which has {near[0]}; refer to "
                    "the resource instead of writing its ARN",
                )


def _texts_in(properties: Mapping[str, object]) -> Iterator[str]:
    for _, value in fields(properties):
        for item in listed(value):
            if isinstance(item, str) and item.startswith("arn:"):
                yield item


RULES = (names_are_unique, policies_do_not_replace_each_other, arns_are_not_misspelt)
