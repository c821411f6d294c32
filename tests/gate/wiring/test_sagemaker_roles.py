"""What SageMaker runs may pull its image, read, write, log, and use its keys."""

from __future__ import annotations

import pytest

from gate.wiring import sagemaker_roles
from tests.gate.wiring.templates import (
    Json,
    allow,
    arn,
    changed,
    found,
    join,
    key,
    machine,
    ref,
    resource,
    role,
    task,
)

RULES = sagemaker_roles.RULES
STATED = "Role.Properties.Policies.0.PolicyDocument.Statement"
PULL = allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], arn("Images"))
TOKEN = allow("ecr:GetAuthorizationToken")
LOGS = allow(
    ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/sagemaker/*"},
)
READ = allow("s3:GetObject", join(arn("Bucket"), "/in/*"))
WRITE = allow("s3:PutObject", join(arn("Bucket"), "/out/*"))
LIST = allow("s3:ListBucket", arn("Bucket"))
GRANT = allow("kms:CreateGrant", arn("Key"))
DATA_KEY = allow("kms:GenerateDataKey", arn("Key"))
NETWORK = allow(
    [
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
        "ec2:Describe*",
    ]
)
IMAGE = {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/serving:abc"}
SUBNETS = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}


def metrics(kind: str) -> Json:
    condition = {"StringEquals": {"cloudwatch:namespace": f"/aws/sagemaker/{kind}"}}
    return allow("cloudwatch:PutMetricData", Condition=condition)


def around(*statements: Json, **users: Json) -> dict[str, Json]:
    return {
        "Role": role("sagemaker", *statements),
        "Key": key(),
        "Bucket": resource("S3::Bucket", BucketName="data"),
        "Images": resource("ECR::Repository", RepositoryName="serving"),
        **users,
    }


MODEL = around(
    PULL,
    TOKEN,
    LOGS,
    READ,
    metrics("Endpoints"),
    NETWORK,
    User=resource(
        "SageMaker::Model",
        ExecutionRoleArn=arn("Role"),
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": "s3://data/in/model.tar.gz"},
        VpcConfig=SUBNETS,
    ),
)
CONFIG = around(
    WRITE,
    GRANT,
    DATA_KEY,
    LOGS,
    metrics("Endpoints"),
    Model=resource("SageMaker::Model", ExecutionRoleArn=arn("Role")),
    User=resource(
        "SageMaker::EndpointConfig",
        KmsKeyId=ref("Key"),
        ProductionVariants=[{"ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}}],
        DataCaptureConfig={"DestinationS3Uri": "s3://data/out", "KmsKeyId": arn("Key")},
    ),
)
REQUEST = {
    "RoleArn": arn("Role"),
    "AppSpecification": {"ImageUri": IMAGE},
    "ProcessingInputs": [{"S3Input": {"S3Uri": "s3://data/in/", "S3DataType": "S3Prefix"}}],
    "ProcessingOutputConfig": {
        "KmsKeyId": arn("Key"),
        "Outputs": [{"S3Output": {"S3Uri.$": "States.Format('s3://data/out/{}/a', $.id)"}}],
    },
    "ProcessingResources": {"ClusterConfig": {"VolumeKmsKeyId": arn("Key")}},
}
PROCESSING = around(
    PULL,
    TOKEN,
    LOGS,
    READ,
    WRITE,
    LIST,
    GRANT,
    DATA_KEY,
    Caller=role("states"),
    User=machine(task("arn:aws:states:::sagemaker:createProcessingJob.sync", **REQUEST))
    | {"DependsOn": []},
)
PROCESSING["User"]["Properties"]["RoleArn"] = arn("Caller")
PROCESSING["User"]["Properties"].pop("LoggingConfiguration")
TRAINING = around(
    PULL,
    TOKEN,
    LOGS,
    WRITE,
    metrics("TrainingJobs"),
    User=machine(
        task(
            "arn:aws:states:::sagemaker:createTrainingJob",
            RoleArn=arn("Role"),
            AlgorithmSpecification={"TrainingImage": IMAGE},
            OutputDataConfig={"S3OutputPath": "s3://data/out/models"},
        )
    ),
)
TRAINING["User"]["Properties"].pop("LoggingConfiguration")
SOUND = [MODEL, CONFIG, PROCESSING, TRAINING]


def statements(resources: dict[str, Json]) -> list[Json]:
    stated: list[Json] = resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    return stated


@pytest.mark.parametrize("sound", SOUND)
def test_a_role_that_lets_the_work_be_done_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, RULES) == set()


@pytest.mark.parametrize(
    ("sound", "place"), [(sound, n) for sound in SOUND for n in range(len(statements(sound)))]
)
def test_each_statement_is_missed(sound: dict[str, Json], place: int) -> None:
    broken = found(changed(sound, f"{STATED}.{place}", None), RULES)

    assert {rule for rule, _ in broken} <= {"wiring.sagemaker-role", "wiring.sagemaker-key"}
    assert broken


@pytest.mark.parametrize(
    ("sound", "place", "value"),
    [
        (MODEL, "0.Resource", "arn:aws:ecr:eu-west-1:111111111111:repository/training"),
        (MODEL, "3.Resource", join(arn("Bucket"), "/elsewhere/*")),
        (MODEL, "4.Condition.StringEquals", {"cloudwatch:namespace": "Other"}),
        (CONFIG, "0.Resource", join(arn("Bucket"), "/elsewhere/*")),
        (PROCESSING, "4.Resource", join(arn("Bucket"), "/elsewhere/*")),
    ],
)
def test_a_statement_about_something_else_does_not_help(
    sound: dict[str, Json], place: str, value: object
) -> None:
    assert found(changed(sound, f"{STATED}.{place}", value), RULES) != set()


def test_whoever_starts_a_job_may_grant_the_key_of_its_volume() -> None:
    by_caller = changed(PROCESSING, f"{STATED}.6", None)
    by_caller["Caller"] = role("states", GRANT)

    assert found(by_caller, RULES) == set()


def test_an_image_of_another_account_is_its_owners_affair() -> None:
    theirs = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.5"
    model = changed(MODEL, "User.Properties.PrimaryContainer.Image", theirs)

    assert found(changed(model, f"{STATED}.0", None), RULES) == set()
