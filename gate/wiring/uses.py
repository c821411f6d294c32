"""Which role works for which service: what its trust must say, and what it must be let do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate.assembly import Assembly, Resource
from gate.reading import fields, mappings, text, texts
from gate.semantic.integration import integration_of
from gate.semantic.state_machine import machines

_FIRM: Mapping[str, tuple[str, str]] = {
    "AWS::Lambda::Function": ("Role", "lambda"),
    "AWS::StepFunctions::StateMachine": ("RoleArn", "states"),
    "AWS::Grafana::Workspace": ("RoleArn", "grafana"),
    "AWS::CodeBuild::Project": ("ServiceRole", "codebuild"),
    "AWS::CodePipeline::Pipeline": ("RoleArn", "codepipeline"),
    "AWS::Chatbot::SlackChannelConfiguration": ("IamRoleArn", "chatbot"),
    "AWS::Glue::Job": ("Role", "glue"),
    "AWS::Glue::Crawler": ("Role", "glue"),
    "AWS::Pipes::Pipe": ("RoleArn", "pipes"),
    "AWS::EC2::FlowLog": ("DeliverLogsPermissionArn", "vpc-flow-logs"),
    "AWS::CloudTrail::Trail": ("CloudWatchLogsRoleArn", "cloudtrail"),
    "AWS::ApiGateway::Account": ("CloudWatchRoleArn", "apigateway"),
    "AWS::Backup::BackupSelection": ("BackupSelection.IamRoleArn", "backup"),
    "AWS::RDS::DBInstance": ("MonitoringRoleArn", "monitoring.rds"),
    "AWS::Scheduler::Schedule": ("Target.RoleArn", "scheduler"),
    "AWS::S3::Bucket": ("ReplicationConfiguration.Role", "s3"),
    "AWS::Events::Rule": ("RoleArn", "events"),
    "AWS::ECS::TaskDefinition": ("TaskRoleArn", "ecs-tasks"),
    "AWS::IAM::InstanceProfile": ("Roles", "ec2"),
    "AWS::APS::Scraper": ("RoleConfiguration.SourceRoleArn", "scraper.aps"),
    "AWS::OSIS::Pipeline": ("PipelineRoleArn", "osis-pipelines"),
}
_AT_ANY_DEPTH = {"AWS::KinesisFirehose::DeliveryStream": "firehose"}
_SAGEMAKER_ROLES = {"RoleArn", "ExecutionRoleArn", "ExecutionRole"}
# The service that runs what a state starts, where it has another name than the integration.
_RUNNERS = {"sagemaker": "sagemaker", "emr-serverless": "emr-serverless", "glue": "glue"}


@dataclass(frozen=True)
class Use:
    """`user` hands `role`, an ARN or a name, to `service`; `by` is the property that does."""

    user: Resource
    role: str
    service: str
    by: str


def uses(assembly: Assembly) -> Iterator[Use]:
    """Every hand-over of a role to a service."""
    for resource in assembly.resources():
        yield from _firm(resource)
        if resource.type.startswith("AWS::SageMaker::"):
            yield from _deep(resource, _SAGEMAKER_ROLES, "sagemaker")
        if resource.type in _AT_ANY_DEPTH:
            yield from _deep(resource, {"RoleARN"}, _AT_ANY_DEPTH[resource.type])
        if resource.type == "AWS::Events::Rule":
            for target in mappings(resource.properties, "Targets"):
                yield from _use(resource, target, "RoleArn", "events")
        if resource.type == "AWS::ECS::TaskDefinition":
            yield from _use(resource, resource.properties, "ExecutionRoleArn", "ecs-tasks")
    yield from passed_roles(assembly)


def passed_roles(assembly: Assembly) -> Iterator[Use]:
    """The roles that state machines hand to the services whose jobs they start."""
    for machine in machines(assembly):
        for state in machine.states():
            called = integration_of(text(state.body, "Resource"))
            service = None if called is None else _RUNNERS.get(called.service)
            if service is None:
                continue
            for key, value in fields(state.request):
                if key.endswith("RoleArn") and isinstance(value, str) and value.startswith("arn:"):
                    yield Use(machine.resource, value, f"{service}.amazonaws.com", state.place)


def _firm(resource: Resource) -> Iterator[Use]:
    path, service = _FIRM.get(resource.type, ("", ""))
    for role in texts(resource.properties, *path.split(".")):
        yield Use(resource, role, f"{service}.amazonaws.com", path)


def _deep(resource: Resource, keys: set[str], service: str) -> Iterator[Use]:
    for key, value in fields(resource.properties):
        if key in keys and isinstance(value, str):
            yield Use(resource, value, f"{service}.amazonaws.com", key)


def _use(resource: Resource, holder: object, key: str, service: str) -> Iterator[Use]:
    if role := text(holder, key):
        yield Use(resource, role, f"{service}.amazonaws.com", key)
