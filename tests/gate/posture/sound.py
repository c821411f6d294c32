"""A template that the posture rules have nothing to say of, with something for each of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate.assembly import Assembly
from gate.posture import RULES

Json = dict[str, Any]


def arn(logical_id: str) -> Json:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def ref(logical_id: str) -> Json:
    return {"Ref": logical_id}


def resource(kind: str, **properties: Any) -> Json:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def kept(kind: str, **properties: Any) -> Json:
    policies = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return resource(kind, **properties) | policies


def tls_only(service: str, *resources: object) -> Json:
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": f"{service}:*",
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [deny]}


def objects(bucket: str) -> Json:
    return {"Fn::Join": ["", [arn(bucket), "/*"]]}


def bucket(encryption: Json, **properties: Any) -> Json:
    rule = {
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    }
    return kept(
        "S3::Bucket",
        BucketEncryption={"ServerSideEncryptionConfiguration": [encryption]},
        LifecycleConfiguration={"Rules": [rule]},
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        VersioningConfiguration={"Status": "Enabled"},
        **properties,
    )


def task(call: str, parameters: Json, **more: Any) -> Json:
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::sagemaker:{call}",
        "Parameters": parameters,
        "Retry": [{"ErrorEquals": ["ThrottlingException"], "MaxAttempts": 3}],
        **more,
    }


ROOT = {
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
    "Action": "kms:*",
    "Resource": "*",
}
ALLOW_S3 = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
UNTAGGED: Json = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countNumber": 1,
        "countUnit": "days",
    },
    "action": {"type": "expire"},
}
LIFECYCLE: Json = {
    "rulePriority": 2,
    "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9},
    "action": {"type": "expire"},
}
PROCESSING = {
    "RoleArn": arn("Role"),
    "ProcessingOutputConfig": {"KmsKeyId": arn("Key"), "Outputs": []},
    "ProcessingResources": {
        "ClusterConfig": {
            "InstanceCount": 1,
            "InstanceType": "ml.m5.large",
            "VolumeKmsKeyId": arn("Key"),
        }
    },
    "NetworkConfig": {"EnableNetworkIsolation": True, "VpcConfig": {"Subnets": ["subnet-1"]}},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "Environment": {"RUN_ID.$": "$.run"},
}
TUNING = {
    "TrainingJobDefinition": {
        "EnableNetworkIsolation": True,
        "EnableManagedSpotTraining": True,
        "OutputDataConfig": {"KmsKeyId": arn("Key")},
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
    }
}
CONFIG = {
    "KmsKeyId": arn("Key"),
    "ProductionVariants": [{"VariantName": "champion", "InitialInstanceCount": 2}],
    "DataCaptureConfig": {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "KmsKeyId": arn("Key"),
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    },
}
DEPLOYMENT = {
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": ref("Watched")}]},
    "BlueGreenUpdatePolicy": {
        "TerminationWaitInSeconds": 600,
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
            "WaitIntervalInSeconds": 300,
        },
    },
}
DEFINITION = {
    "StartAt": "Prepare",
    "TimeoutSeconds": 86_400,
    "States": {
        "Prepare": task(
            "createProcessingJob.sync", PROCESSING, TimeoutSeconds=4500, Next="Together"
        ),
        "Together": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "Tune",
                    "States": {
                        "Tune": task("createHyperParameterTuningJob.sync", TUNING, End=True)
                    },
                }
            ],
            "Next": "Model",
        },
        "Model": task("createModel", {"EnableNetworkIsolation": True}, Next="Config"),
        "Config": task("createEndpointConfig", CONFIG, Next="Update"),
        "Update": task("updateEndpoint", {"DeploymentConfig": DEPLOYMENT}, Next="Wait"),
        "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Look"},
        "Look": task("describeEndpoint", {"EndpointName": "e"}, Next="Settled?"),
        "Settled?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.s", "StringEquals": "Updating", "Next": "Wait"}],
            "Default": "Settled",
        },
        "Settled": {"Type": "Succeed"},
    },
}


def alarm(metric: str, namespace: str = "AWS/SageMaker", **properties: Any) -> Json:
    return resource(
        "CloudWatch::Alarm",
        Namespace=namespace,
        MetricName=metric,
        Statistic="Average",
        ComparisonOperator="GreaterThanThreshold",
        Period=60,
        EvaluationPeriods=3,
        TreatMissingData="notBreaching",
        **properties,
    )


def variant(name: str) -> list[Json]:
    """The dimensions of an endpoint's variant."""
    return [{"Name": "EndpointName", "Value": "flights"}, {"Name": "VariantName", "Value": name}]


SOUND: dict[str, Json] = {
    "Key": kept(
        "KMS::Key",
        EnableKeyRotation=True,
        KeyPolicy={"Version": "2012-10-17", "Statement": [ROOT]},
    ),
    "Logs": bucket({"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}),
    "Data": bucket(
        {
            "ServerSideEncryptionByDefault": {
                "SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": arn("Key"),
            },
            "BucketKeyEnabled": True,
        },
        LoggingConfiguration={"DestinationBucketName": ref("Logs")},
    ),
    "LogsPolicy": resource(
        "S3::BucketPolicy",
        Bucket=ref("Logs"),
        PolicyDocument=tls_only("s3", arn("Logs"), objects("Logs")),
    ),
    "DataPolicy": resource(
        "S3::BucketPolicy",
        Bucket=ref("Data"),
        PolicyDocument=tls_only("s3", arn("Data"), objects("Data")),
    ),
    "Topic": resource("SNS::Topic", KmsMasterKeyId=arn("Key")),
    "TopicPolicy": resource(
        "SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument=tls_only("sns", ref("Topic"))
    ),
    "Subscription": resource(
        "SNS::Subscription", TopicArn=ref("Topic"), Protocol="email", Endpoint="team@example.com"
    ),
    "Queue": resource(
        "SQS::Queue",
        KmsMasterKeyId=arn("Key"),
        VisibilityTimeout=190,
        RedrivePolicy={"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 5},
    ),
    "Dead": resource("SQS::Queue", KmsMasterKeyId=arn("Key"), MessageRetentionPeriod=1_209_600),
    "QueuePolicy": resource(
        "SQS::QueuePolicy",
        Queues=[ref("Queue"), ref("Dead")],
        PolicyDocument=tls_only("sqs", arn("Queue")),
    ),
    "Repository": kept(
        "ECR::Repository",
        RepositoryName="images",
        EncryptionConfiguration={"EncryptionType": "KMS", "KmsKey": arn("Key")},
        ImageScanningConfiguration={"ScanOnPush": True},
        ImageTagMutability="IMMUTABLE",
        LifecyclePolicy={"LifecyclePolicyText": json.dumps({"rules": [UNTAGGED, LIFECYCLE]})},
    ),
    "Secret": kept("SecretsManager::Secret", KmsKeyId=arn("Key"), GenerateSecretString={}),
    "Table": kept(
        "DynamoDB::Table",
        SSESpecification={"SSEEnabled": True, "KMSMasterKeyId": arn("Key")},
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    ),
    "Role": resource(
        "IAM::Role", Policies=[{"PolicyName": "p", "PolicyDocument": {"Statement": [ALLOW_S3]}}]
    ),
    "Function": resource(
        "Lambda::Function",
        Timeout=30,
        ReservedConcurrentExecutions=5,
        VpcConfig={"SubnetIds": ["subnet-1"]},
        Environment={"Variables": {"SECRET_ARN": ref("Secret"), "MODE": "daily"}},
    ),
    "Source": resource(
        "Lambda::EventSourceMapping",
        EventSourceArn=arn("Queue"),
        FunctionName=arn("Function"),
        MaximumBatchingWindowInSeconds=10,
        ScalingConfig={"MaximumConcurrency": 5},
    ),
    "Permission": resource(
        "Lambda::Permission",
        FunctionName=arn("Function"),
        Principal="events.amazonaws.com",
        SourceArn=arn("Rule"),
    ),
    "Invoked": resource(
        "Lambda::EventInvokeConfig",
        FunctionName=ref("Function"),
        DestinationConfig={"OnFailure": {"Destination": arn("Dead")}},
    ),
    "Url": resource("Lambda::Url", TargetFunctionArn=arn("Function"), AuthType="AWS_IAM"),
    "Rule": resource(
        "Events::Rule",
        State="ENABLED",
        EventPattern={"source": ["aws.sagemaker"]},
        Targets=[
            {
                "Id": "Target0",
                "Arn": arn("Function"),
                "DeadLetterConfig": {"Arn": arn("Dead")},
                "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600},
            }
        ],
    ),
    "Schedule": resource(
        "Scheduler::Schedule",
        State="ENABLED",
        ScheduleExpression="rate(1 hour)",
        Target={"Arn": ref("Machine"), "DeadLetterConfig": {"Arn": arn("Dead")}},
    ),
    "Log": resource("Logs::LogGroup", RetentionInDays=30),
    "Machine": resource(
        "StepFunctions::StateMachine",
        Definition=DEFINITION,
        LoggingConfiguration={"Level": "ERROR", "Destinations": [{}]},
        TracingConfiguration={"Enabled": True},
    ),
    "Watched": alarm("ModelLatency", Threshold=200_000, Dimensions=variant("champion")),
    "Errors": alarm(
        "Invocation5XXErrors",
        Threshold=0.01,
        Dimensions=variant("champion"),
        AlarmActions=[ref("Topic")],
    ),
    "DeadLetters": alarm(
        "ApproximateNumberOfMessagesVisible",
        "AWS/SQS",
        Threshold=0,
        Dimensions=[{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Dead", "QueueName"]}}],
        AlarmActions=[ref("Topic")],
    ),
    "Failures": alarm(
        "ExecutionsFailed",
        "AWS/States",
        Threshold=0,
        Dimensions=[{"Name": "StateMachineArn", "Value": ref("Machine")}],
        AlarmActions=[ref("Topic")],
    ),
    "TimedOut": alarm(
        "ExecutionsTimedOut",
        "AWS/States",
        Threshold=0,
        Dimensions=[{"Name": "StateMachineArn", "Value": ref("Machine")}],
        AlarmActions=[ref("Topic")],
    ),
    "Both": resource(
        "CloudWatch::CompositeAlarm",
        AlarmRule={"Fn::Join": ["", ['ALARM("', ref("Watched"), '")']]},
        AlarmActions=[ref("Topic")],
    ),
    "Scaled": resource(
        "ApplicationAutoScaling::ScalableTarget",
        MinCapacity=2,
        MaxCapacity=4,
        ResourceId="endpoint/e/variant/v",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        ServiceNamespace="sagemaker",
    ),
    "Scaling": resource(
        "ApplicationAutoScaling::ScalingPolicy",
        PolicyName="follow",
        PolicyType="TargetTrackingScaling",
        ScalingTargetId=ref("Scaled"),
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50,
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 60,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "CPUUtilization"},
        },
    ),
    "Domain": kept(
        "OpenSearchService::Domain",
        DomainEndpointOptions={
            "EnforceHTTPS": True,
            "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
        },
        EncryptionAtRestOptions={"Enabled": True, "KmsKeyId": arn("Key")},
        NodeToNodeEncryptionOptions={"Enabled": True},
        VPCOptions={"SubnetIds": ["subnet-1"]},
        LogPublishingOptions={"ES_APPLICATION_LOGS": {"Enabled": True}},
    ),
    "Workspace": kept("APS::Workspace", KmsKeyArn=arn("Key")),
    "Network": resource("EC2::VPC", CidrBlock="10.0.0.0/16"),
    "Flow": resource(
        "EC2::FlowLog",
        ResourceId=ref("Network"),
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName=ref("Flows"),
    ),
    "Flows": resource("Logs::LogGroup", RetentionInDays=30),
    "Endpoint": resource("EC2::VPCEndpoint", VpcEndpointType="Interface", PrivateDnsEnabled=True),
    "Gateway": resource("EC2::VPCEndpoint", VpcEndpointType="Gateway", RouteTableIds=["rtb-1"]),
    "Group": resource(
        "EC2::SecurityGroup",
        SecurityGroupIngress=[{"CidrIp": "10.0.0.0/16", "IpProtocol": "tcp", "ToPort": 443}],
    ),
    "Template": resource(
        "EC2::LaunchTemplate", LaunchTemplateData={"MetadataOptions": {"HttpTokens": "required"}}
    ),
    "Budget": resource(
        "Budgets::Budget",
        Budget={"BudgetLimit": {"Amount": 100, "Unit": "USD"}},
        NotificationsWithSubscribers=[
            {
                "Notification": {"Threshold": 80, "ThresholdType": "PERCENTAGE"},
                "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "team@example.com"}],
            }
        ],
    ),
    "Chat": resource(
        "Chatbot::SlackChannelConfiguration",
        GuardrailPolicies=["arn:aws:iam::aws:policy/AWSDenyAll"],
    ),
    "Workgroup": resource(
        "Athena::WorkGroup",
        Name="analysts",
        WorkGroupConfiguration={
            "BytesScannedCutoffPerQuery": 10 * 1024**3,
            "EnforceWorkGroupConfiguration": True,
            "ResultConfiguration": {"EncryptionConfiguration": {"KmsKey": arn("Key")}},
        },
    ),
    "Spark": resource(
        "EMRServerless::Application", MaximumCapacity={"Cpu": "64 vCPU", "Memory": "256 GB"}
    ),
    "Rows": resource(
        "Glue::Table",
        TableInput={"Name": "rows", "StorageDescriptor": {"Location": "s3://bucket/rows/"}},
    ),
    "Job": resource("Glue::Job", SecurityConfiguration="ours"),
    "Crawler": resource("Glue::Crawler", CrawlerSecurityConfiguration="ours"),
    "Settings": resource(
        "Glue::DataCatalogEncryptionSettings",
        DataCatalogEncryptionSettings={"EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"}},
    ),
    "Security": resource(
        "Glue::SecurityConfiguration", EncryptionConfiguration={"S3Encryptions": [{}]}
    ),
    "Build": resource(
        "CodeBuild::Project",
        Environment={
            "EnvironmentVariables": [
                {"Name": "TAG", "Value": "v1.0"},
                {"Name": "PASSWORD", "Type": "SECRETS_MANAGER", "Value": "registry:password"},
            ]
        },
        Visibility="PRIVATE",
        Triggers={
            "Webhook": True,
            "FilterGroups": [[{"Type": "EVENT", "Pattern": "PUSH"}]],
        },
    ),
    "Layer": resource(
        "Lambda::LayerVersionPermission", Principal="*", OrganizationId="o-1234567890"
    ),
    "Trail": resource("CloudTrail::Trail", EnableLogFileValidation=True),
}


def changed(path: str, value: object, base: Mapping[str, Json] = SOUND) -> dict[str, Json]:
    """A copy with another value at a dotted path; None drops what stands there."""
    copied = copy.deepcopy(dict(base))
    *parents, last = path.split(".")
    holder: Any = copied
    for part in parents:
        holder = holder[int(part) if isinstance(holder, list) else part]
    key = int(last) if isinstance(holder, list) else last
    if value is None:
        del holder[key]
    else:
        holder[key] = value
    return copied


def assembly(folder: Path, resources: Mapping[str, Json], **sections: Any) -> Assembly:
    """An assembly of one stack, `stack`."""
    template = {"Resources": resources, **sections}
    (folder / "stack.template.json").write_text(json.dumps(template), encoding="utf-8")
    return Assembly.read(folder)


def found(folder: Path, resources: Mapping[str, Json], **sections: Any) -> set[tuple[str, str]]:
    """Rule and logical id of each finding."""
    read = assembly(folder, resources, **sections)
    return {
        (finding.rule, finding.resource.removeprefix("stack/"))
        for rule in RULES
        for finding in rule(read)
    }
