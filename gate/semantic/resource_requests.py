"""SageMaker's and other resources whose properties are the members of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import mapping, text, texts
from gate.semantic.sagemaker_requests import PIPELINE, pipeline_steps, sagemaker_requests
from gate.semantic.service_model import Reader, operation

# Of these, properties are named and mean as the operation's members do; what a template's schema
# says too (members, types) is left to the schema's checkers.
_CREATED_BY = {
    "AWS::APS::AnomalyDetector": ("amp", "CreateAnomalyDetector"),
    "AWS::APS::Workspace": ("amp", "CreateWorkspace"),
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        "application-autoscaling",
        "RegisterScalableTarget",
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        "application-autoscaling",
        "PutScalingPolicy",
    ),
    "AWS::Athena::WorkGroup": ("athena", "CreateWorkGroup"),
    "AWS::Budgets::Budget": ("budgets", "CreateBudget"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "PutMetricAlarm"),
    "AWS::CloudWatch::CompositeAlarm": ("cloudwatch", "PutCompositeAlarm"),
    "AWS::CodeBuild::Project": ("codebuild", "CreateProject"),
    "AWS::DynamoDB::Table": ("dynamodb", "CreateTable"),
    "AWS::EC2::FlowLog": ("ec2", "CreateFlowLogs"),
    "AWS::EC2::VPCEndpoint": ("ec2", "CreateVpcEndpoint"),
    "AWS::ECR::Repository": ("ecr", "CreateRepository"),
    "AWS::EMRServerless::Application": ("emr-serverless", "CreateApplication"),
    "AWS::Events::ApiDestination": ("events", "CreateApiDestination"),
    "AWS::Events::Connection": ("events", "CreateConnection"),
    "AWS::Glue::Database": ("glue", "CreateDatabase"),
    "AWS::Glue::Table": ("glue", "CreateTable"),
    "AWS::Grafana::Workspace": ("grafana", "CreateWorkspace"),
    "AWS::IAM::Role": ("iam", "CreateRole"),
    "AWS::KMS::Key": ("kms", "CreateKey"),
    "AWS::KinesisFirehose::DeliveryStream": ("firehose", "CreateDeliveryStream"),
    "AWS::Lambda::EventSourceMapping": ("lambda", "CreateEventSourceMapping"),
    "AWS::Logs::LogGroup": ("logs", "CreateLogGroup"),
    "AWS::OpenSearchService::Domain": ("opensearch", "CreateDomain"),
    "AWS::SageMaker::Endpoint": ("sagemaker", "CreateEndpoint"),
    "AWS::SageMaker::EndpointConfig": ("sagemaker", "CreateEndpointConfig"),
    "AWS::SageMaker::MlflowApp": ("sagemaker", "CreateMlflowApp"),
    "AWS::SageMaker::MlflowTrackingServer": ("sagemaker", "CreateMlflowTrackingServer"),
    "AWS::SageMaker::Model": ("sagemaker", "CreateModel"),
    "AWS::SageMaker::ModelPackageGroup": ("sagemaker", "CreateModelPackageGroup"),
    "AWS::SSM::Parameter": ("ssm", "PutParameter"),
    "AWS::Scheduler::Schedule": ("scheduler", "CreateSchedule"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "CreateSecret"),
    "AWS::StepFunctions::StateMachine": ("stepfunctions", "CreateStateMachine"),
}

# Properties that the operation calls otherwise.
_RENAMED = {
    "AWS::Athena::WorkGroup": {"WorkGroupConfiguration": "Configuration"},
    "AWS::EC2::FlowLog": {"ResourceId": "ResourceIds"},
    "AWS::StepFunctions::StateMachine": {"StateMachineName": "Name", "StateMachineType": "Type"},
}
# Members of which the model knows older values only.
_BEHIND = {
    "AWS::OpenSearchService::Domain": frozenset({"InstanceType", "MasterType", "WarmType"}),
}


def properties_fit_the_service(assembly: Assembly) -> Iterable[Finding]:
    """A property has a value that the service takes: of its set, pattern, size and range."""
    for resource in assembly.resources(*_CREATED_BY):
        reader = Reader(strict=False, free=_BEHIND.get(resource.type, frozenset()))
        model = operation(*_CREATED_BY[resource.type])
        if model is None or model.input_shape is None:
            continue
        for reason in reader.faults(_renamed(resource), model.input_shape, ""):
            yield resource.finding("semantic.property", reason.removeprefix("."))


def models_have_a_container(assembly: Assembly) -> Iterable[Finding]:
    """A model has one container or a list of them, each with an image or a model package."""
    for request in sagemaker_requests(assembly, "CreateModel"):
        body = request.body
        present = [
            name
            for name in ("PrimaryContainer", "Containers", "InferenceExecutionConfig")
            if name in body or f"{name}.$" in body
        ]
        if {"PrimaryContainer", "Containers"} <= set(present):
            reason = "found PrimaryContainer and Containers, expected one of them"
            yield request.finding("semantic.model", reason)
        if not present:
            yield request.finding("semantic.model", "it has no container")
        for container in _containers(body):
            if not {"Image", "ModelPackageName", "Image.$", "ModelPackageName.$"} & set(container):
                reason = "a container has neither Image nor ModelPackageName, expected one of them"
                yield request.finding("semantic.model", reason)


def pipelines_are_graphs(assembly: Assembly) -> Iterable[Finding]:
    """A SageMaker pipeline's steps have names of their own and stand on steps that are there."""
    for resource in assembly.resources(PIPELINE):
        for reason in _pipeline_faults(resource):
            yield resource.finding("semantic.pipeline", reason)


def _renamed(resource: Resource) -> Mapping[str, Any]:
    names = _RENAMED.get(resource.type, {})
    return {names.get(name, name): value for name, value in resource.properties.items()}


def _pipeline_faults(resource: Resource) -> Iterator[str]:
    steps = pipeline_steps(resource)
    if not steps and "PipelineDefinitionS3Location" not in mapping(
        resource.properties.get("PipelineDefinition")
    ):
        yield "the definition is no JSON object with Steps"
    names = [text(step.get("Name")) for step in steps]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{names.count(name)} steps are named {name!r}, expected one"
    known = {*names, *_inner_names(steps)}
    for step in steps:
        for needed in (*texts(step.get("DependsOn")), *_referred(step)):
            if needed.split(".")[0] not in known:
                yield f"the step {step.get('Name')!r} stands on {needed!r}, which is no step"


def _inner_names(steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        arguments = mapping(step.get("Arguments"))
        for branch in ("IfSteps", "ElseSteps"):
            inner = [item for item in arguments.get(branch) or [] if isinstance(item, Mapping)]
            yield from (text(item.get("Name")) for item in inner)


def _referred(value: object) -> Iterator[str]:
    """Steps that `{"Get": "Steps.<name>.…"}` reads."""
    if isinstance(value, Mapping):
        path = text(value.get("Get"))
        if path.startswith("Steps."):
            yield path.split(".")[1].split("[")[0]
        for item in value.values():
            yield from _referred(item)
    elif isinstance(value, list):
        for item in value:
            yield from _referred(item)


def _containers(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if isinstance(body.get("PrimaryContainer"), Mapping):
        yield body["PrimaryContainer"]
    for item in body.get("Containers") or []:
        if isinstance(item, Mapping):
            yield item


RULES = (properties_fit_the_service, models_have_a_container, pipelines_are_graphs)
