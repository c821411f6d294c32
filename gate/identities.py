"""How each resource type is named: what `Ref` and `Fn::GetAtt` of it give.

A row holds formats. Their fields are `name` (the physical name), `id` (twelve hexadecimal digits
that are the resource's own), `uuid`, `partition`, `region`, `account`, `suffix`, `ref`, `arn`, and
any property of the resource. A type without a row is named by convention, see `physical.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    """The formats of one type; `name` is the property that names it."""

    name: str = ""
    ref: str = "{name}"
    arn: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def _arn(service: str, resource: str) -> str:
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{resource}"


def _global_arn(service: str, resource: str) -> str:
    return f"arn:{{partition}}:{service}::{{account}}:{resource}"


def _ec2(prefix: str, id_attribute: str = "Id", arn: str = "") -> Identity:
    ref = f"{prefix}-{{id}}00000"
    return Identity(
        ref=ref, arn=_arn("ec2", f"{arn}/{ref}") if arn else "", attributes={id_attribute: ref}
    )


_QUEUE_URL = "https://sqs.{region}.{suffix}/{account}/{name}"
_LISTENER = _arn("elasticloadbalancing", "listener/app/{name}/{id}/{id}")

IDENTITIES: Mapping[str, Identity] = {
    "AWS::APS::RuleGroupsNamespace": Identity(
        "Name", "{arn}", _arn("aps", "rulegroupsnamespace/{id}/{name}")
    ),
    "AWS::APS::Scraper": Identity("", "{arn}", _arn("aps", "scraper/s-{uuid}")),
    "AWS::APS::Workspace": Identity(
        "",
        "{arn}",
        _arn("aps", "workspace/ws-{uuid}"),
        {
            "WorkspaceId": "ws-{uuid}",
            "PrometheusEndpoint": "https://aps-workspaces.{region}.amazonaws.com/workspaces/ws-{uuid}/",
        },
    ),
    "AWS::ApiGateway::RestApi": Identity("", "{id}", attributes={"RootResourceId": "{id}r"}),
    "AWS::ApiGatewayV2::Api": Identity("", "{id}", attributes={"ApiId": "{id}"}),
    "AWS::ApplicationAutoScaling::ScalableTarget": Identity(
        "",
        "{ResourceId}|{ScalableDimension}|{ServiceNamespace}",
        _arn("application-autoscaling", "scalable-target/{id}"),
        {"Id": "{ref}", "ScalableTargetARN": "{arn}"},
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Identity(
        "PolicyName",
        "{arn}",
        _arn("autoscaling", "scalingPolicy:{uuid}:resource/{ServiceNamespace}:policyName/{name}"),
    ),
    "AWS::Athena::WorkGroup": Identity("Name", arn=_arn("athena", "workgroup/{name}")),
    "AWS::Chatbot::SlackChannelConfiguration": Identity(
        "ConfigurationName",
        "{arn}",
        _global_arn("chatbot", "chat-configuration/slack-channel/{name}"),
    ),
    "AWS::CloudFormation::Stack": Identity(
        "", "{arn}", _arn("cloudformation", "stack/{name}/{uuid}")
    ),
    "AWS::CloudTrail::Trail": Identity("TrailName", arn=_arn("cloudtrail", "trail/{name}")),
    "AWS::CloudWatch::Alarm": Identity("AlarmName", arn=_arn("cloudwatch", "alarm:{name}")),
    "AWS::CloudWatch::CompositeAlarm": Identity(
        "AlarmName", arn=_arn("cloudwatch", "alarm:{name}")
    ),
    "AWS::CloudWatch::Dashboard": Identity(
        "DashboardName", arn=_global_arn("cloudwatch", "dashboard/{name}")
    ),
    "AWS::CodeBuild::Project": Identity("Name", arn=_arn("codebuild", "project/{name}")),
    "AWS::CodePipeline::Pipeline": Identity("Name", arn=_arn("codepipeline", "{name}")),
    "AWS::Cognito::UserPool": Identity(
        "", "{region}_{id}", _arn("cognito-idp", "userpool/{region}_{id}")
    ),
    "AWS::DynamoDB::GlobalTable": Identity("TableName", arn=_arn("dynamodb", "table/{name}")),
    "AWS::DynamoDB::Table": Identity(
        "TableName",
        arn=_arn("dynamodb", "table/{name}"),
        attributes={"StreamArn": "{arn}/stream/2025-01-01T00:00:00.000"},
    ),
    "AWS::EC2::EIP": Identity(
        "", "203.0.113.1", attributes={"AllocationId": "eipalloc-{id}00000", "PublicIp": "{ref}"}
    ),
    "AWS::EC2::FlowLog": _ec2("fl"),
    "AWS::EC2::Instance": _ec2("i", "InstanceId", "instance"),
    "AWS::EC2::InternetGateway": _ec2("igw", "InternetGatewayId"),
    "AWS::EC2::LaunchTemplate": _ec2("lt", "LaunchTemplateId"),
    "AWS::EC2::NatGateway": _ec2("nat", "NatGatewayId"),
    "AWS::EC2::NetworkAcl": _ec2("acl"),
    "AWS::EC2::NetworkInterface": _ec2("eni"),
    "AWS::EC2::PrefixList": _ec2("pl", "PrefixListId", "prefix-list"),
    "AWS::EC2::RouteTable": _ec2("rtb", "RouteTableId"),
    "AWS::EC2::SecurityGroup": _ec2("sg", "GroupId", "security-group"),
    "AWS::EC2::SecurityGroupEgress": _ec2("sgr"),
    "AWS::EC2::SecurityGroupIngress": _ec2("sgr"),
    "AWS::EC2::Subnet": _ec2("subnet", "SubnetId", "subnet"),
    "AWS::EC2::VPC": Identity(
        "",
        "vpc-{id}00000",
        _arn("ec2", "vpc/vpc-{id}00000"),
        {
            "VpcId": "{ref}",
            "DefaultSecurityGroup": "sg-{id}0000d",
            "DefaultNetworkAcl": "acl-{id}0000d",
        },
    ),
    "AWS::EC2::VPCEndpoint": _ec2("vpce"),
    "AWS::EC2::Volume": _ec2("vol", "VolumeId", "volume"),
    "AWS::ECR::Repository": Identity(
        "RepositoryName",
        arn=_arn("ecr", "repository/{name}"),
        attributes={"RepositoryUri": "{account}.dkr.ecr.{region}.{suffix}/{name}"},
    ),
    "AWS::ECS::Cluster": Identity("ClusterName", arn=_arn("ecs", "cluster/{name}")),
    "AWS::ECS::TaskDefinition": Identity(
        "Family", "{arn}", _arn("ecs", "task-definition/{name}:1"), {"TaskDefinitionArn": "{arn}"}
    ),
    "AWS::EFS::AccessPoint": Identity(
        "",
        "fsap-{id}00000",
        _arn("elasticfilesystem", "access-point/fsap-{id}00000"),
        {"AccessPointId": "{ref}"},
    ),
    "AWS::EFS::FileSystem": Identity(
        "",
        "fs-{id}00000",
        _arn("elasticfilesystem", "file-system/fs-{id}00000"),
        {"FileSystemId": "{ref}"},
    ),
    "AWS::EMRServerless::Application": Identity(
        "", "{id}", _arn("emr-serverless", "/applications/{id}"), {"ApplicationId": "{id}"}
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Identity(
        "", "{arn}", _LISTENER, {"ListenerArn": "{arn}"}
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Identity(
        "Name",
        "{arn}",
        _arn("elasticloadbalancing", "loadbalancer/app/{name}/{id}"),
        {
            "LoadBalancerArn": "{arn}",
            "DNSName": "{name}-{id}.{region}.elb.{suffix}",
            "LoadBalancerFullName": "app/{name}/{id}",
            "LoadBalancerName": "{name}",
        },
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Identity(
        "Name",
        "{arn}",
        _arn("elasticloadbalancing", "targetgroup/{name}/{id}"),
        {"TargetGroupArn": "{arn}", "TargetGroupFullName": "targetgroup/{name}/{id}"},
    ),
    "AWS::Events::ApiDestination": Identity(
        "Name", arn=_arn("events", "api-destination/{name}/{uuid}")
    ),
    "AWS::Events::Connection": Identity(
        "Name",
        arn=_arn("events", "connection/{name}/{uuid}"),
        attributes={
            "SecretArn": _arn("secretsmanager", "secret:events!connection/{name}/{uuid}-AbCdEf")
        },
    ),
    "AWS::Events::EventBus": Identity("Name", arn=_arn("events", "event-bus/{name}")),
    "AWS::Events::Rule": Identity("Name", arn=_arn("events", "rule/{name}")),
    "AWS::Glue::Database": Identity("DatabaseInput.Name", arn=_arn("glue", "database/{name}")),
    "AWS::Glue::Table": Identity(
        "TableInput.Name", arn=_arn("glue", "table/{DatabaseName}/{name}")
    ),
    "AWS::Grafana::Workspace": Identity(
        "",
        "g-{id}",
        _arn("grafana", "/workspaces/g-{id}"),
        {"Id": "g-{id}", "Endpoint": "g-{id}.grafana-workspace.{region}.amazonaws.com"},
    ),
    "AWS::IAM::Group": Identity("GroupName", arn=_global_arn("iam", "group{path}{name}")),
    "AWS::IAM::InstanceProfile": Identity(
        "InstanceProfileName", arn=_global_arn("iam", "instance-profile{path}{name}")
    ),
    "AWS::IAM::ManagedPolicy": Identity(
        "ManagedPolicyName",
        "{arn}",
        _global_arn("iam", "policy{path}{name}"),
        {"PolicyArn": "{arn}", "PolicyId": "ANPA{id}"},
    ),
    "AWS::IAM::OIDCProvider": Identity("", "{arn}", _global_arn("iam", "oidc-provider/{name}")),
    "AWS::IAM::Role": Identity(
        "RoleName", arn=_global_arn("iam", "role{path}{name}"), attributes={"RoleId": "AROA{id}"}
    ),
    "AWS::IAM::User": Identity("UserName", arn=_global_arn("iam", "user{path}{name}")),
    "AWS::KMS::Alias": Identity("AliasName"),
    "AWS::KMS::Key": Identity("", "{uuid}", _arn("kms", "key/{uuid}"), {"KeyId": "{uuid}"}),
    "AWS::KMS::ReplicaKey": Identity("", "mrk-{uuid}", _arn("kms", "key/mrk-{uuid}")),
    "AWS::Kinesis::Stream": Identity("Name", arn=_arn("kinesis", "stream/{name}")),
    "AWS::KinesisFirehose::DeliveryStream": Identity(
        "DeliveryStreamName", arn=_arn("firehose", "deliverystream/{name}")
    ),
    "AWS::Lambda::Alias": Identity(
        "",
        "{arn}",
        _arn("lambda", "function:{FunctionName}:{Name}"),
        {"AliasArn": "{arn}"},
    ),
    "AWS::Lambda::EventSourceMapping": Identity(
        "",
        "{uuid}",
        _arn("lambda", "event-source-mapping:{uuid}"),
        {"EventSourceMappingArn": "{arn}"},
    ),
    "AWS::Lambda::Function": Identity("FunctionName", arn=_arn("lambda", "function:{name}")),
    "AWS::Lambda::LayerVersion": Identity(
        "LayerName", "{arn}", _arn("lambda", "layer:{name}:1"), {"LayerVersionArn": "{arn}"}
    ),
    "AWS::Lambda::Url": Identity(
        "", "{FunctionArn}", attributes={"FunctionUrl": "https://{id}.lambda-url.{region}.on.aws/"}
    ),
    "AWS::Lambda::Version": Identity(
        "",
        "{arn}",
        _arn("lambda", "function:{FunctionName}:1"),
        {"Version": "1", "FunctionArn": "{arn}"},
    ),
    "AWS::Logs::LogGroup": Identity("LogGroupName", arn=_arn("logs", "log-group:{name}:*")),
    "AWS::OpenSearchServerless::Collection": Identity(
        "",
        "{id}",
        _arn("aoss", "collection/{id}"),
        {
            "Id": "{id}",
            "CollectionEndpoint": "https://{id}.{region}.aoss.{suffix}",
            "DashboardEndpoint": "https://{id}.{region}.aoss.{suffix}/_dashboards",
        },
    ),
    "AWS::OpenSearchService::Domain": Identity(
        "DomainName",
        arn=_arn("es", "domain/{name}"),
        attributes={
            "DomainArn": "{arn}",
            "Id": "{account}/{name}",
            "DomainEndpoint": "search-{name}-{id}.{region}.es.{suffix}",
        },
    ),
    "AWS::Pipes::Pipe": Identity("Name", arn=_arn("pipes", "pipe/{name}")),
    "AWS::S3::AccessPoint": Identity("Name", arn=_arn("s3", "accesspoint/{name}")),
    "AWS::S3::Bucket": Identity(
        "BucketName",
        arn="arn:{partition}:s3:::{name}",
        attributes={
            "DomainName": "{name}.s3.{suffix}",
            "DualStackDomainName": "{name}.s3.dualstack.{region}.{suffix}",
            "RegionalDomainName": "{name}.s3.{region}.{suffix}",
            "WebsiteURL": "http://{name}.s3-website.{region}.{suffix}",
        },
    ),
    "AWS::SNS::Subscription": Identity("", "{TopicArn}:{uuid}", attributes={"Arn": "{ref}"}),
    "AWS::SNS::Topic": Identity(
        "TopicName", "{arn}", _arn("sns", "{name}"), {"TopicArn": "{arn}", "TopicName": "{name}"}
    ),
    "AWS::SQS::Queue": Identity(
        "QueueName",
        _QUEUE_URL,
        _arn("sqs", "{name}"),
        {"QueueName": "{name}", "QueueUrl": _QUEUE_URL},
    ),
    "AWS::SSM::Parameter": Identity("Name", arn=_arn("ssm", "parameter/{name}")),
    "AWS::SageMaker::Domain": Identity(
        "",
        "d-{id}",
        _arn("sagemaker", "domain/d-{id}"),
        {"DomainId": "d-{id}", "DomainArn": "{arn}"},
    ),
    "AWS::SageMaker::Endpoint": Identity(
        "EndpointName",
        "{arn}",
        _arn("sagemaker", "endpoint/{name}"),
        {"EndpointName": "{name}", "EndpointArn": "{arn}"},
    ),
    "AWS::SageMaker::EndpointConfig": Identity(
        "EndpointConfigName",
        "{arn}",
        _arn("sagemaker", "endpoint-config/{name}"),
        {"EndpointConfigName": "{name}", "EndpointConfigArn": "{arn}"},
    ),
    "AWS::SageMaker::MlflowApp": Identity("Name", "{arn}", _arn("sagemaker", "mlflow-app/{name}")),
    "AWS::SageMaker::MlflowTrackingServer": Identity(
        "TrackingServerName",
        arn=_arn("sagemaker", "mlflow-tracking-server/{name}"),
        attributes={"TrackingServerArn": "{arn}"},
    ),
    "AWS::SageMaker::Model": Identity(
        "ModelName",
        "{arn}",
        _arn("sagemaker", "model/{name}"),
        {"ModelName": "{name}", "ModelArn": "{arn}"},
    ),
    "AWS::SageMaker::ModelPackageGroup": Identity(
        "ModelPackageGroupName",
        "{arn}",
        _arn("sagemaker", "model-package-group/{name}"),
        {"ModelPackageGroupArn": "{arn}"},
    ),
    "AWS::SageMaker::MonitoringSchedule": Identity(
        "MonitoringScheduleName",
        "{arn}",
        _arn("sagemaker", "monitoring-schedule/{name}"),
        {"MonitoringScheduleArn": "{arn}"},
    ),
    "AWS::SageMaker::Pipeline": Identity("PipelineName", arn=_arn("sagemaker", "pipeline/{name}")),
    "AWS::Scheduler::Schedule": Identity("Name", arn=_arn("scheduler", "schedule/default/{name}")),
    "AWS::Scheduler::ScheduleGroup": Identity(
        "Name", arn=_arn("scheduler", "schedule-group/{name}")
    ),
    "AWS::SecretsManager::Secret": Identity(
        "Name", "{arn}", _arn("secretsmanager", "secret:{name}-AbCdEf"), {"Id": "{arn}"}
    ),
    "AWS::StepFunctions::Activity": Identity("Name", "{arn}", _arn("states", "activity:{name}")),
    "AWS::StepFunctions::StateMachine": Identity(
        "StateMachineName", "{arn}", _arn("states", "stateMachine:{name}"), {"Name": "{name}"}
    ),
}
