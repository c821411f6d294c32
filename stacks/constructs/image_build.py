"""An image that the account builds for itself while it is deployed."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.constructs.image_source import ImageSource
from stacks.constructs.log_retention import log_retention
from tidewatch.core.config import StageConfig
from tidewatch.core.config.foundation import ImageBuild

_MACHINE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
_SIZE = "BUILD_GENERAL1_MEDIUM"
QUEUED_MINUTES = 25
_COMMANDS = [
    'aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY%%/*}"',
    'docker build --file "images/$IMAGE/Dockerfile" $BASE --tag "$REPOSITORY:$TAG" .',
    'docker push "$REPOSITORY:$TAG"',
]


class BuildProject(codebuild.CfnProject):
    """The CodeBuild project of one image: builds `tag` from `source`, pushes it, and no more."""

    def __init__(
        self,
        scope: Construct,
        image: str,
        *,
        stage: StageConfig,
        build: ImageBuild,
        repository: ecr.IRepository,
        key: kms.IKey,
    ) -> None:
        place = Construct(scope, image.capitalize())
        source = ImageSource(place, "Source", image=image)
        # Spark's image stands on the release that the Dockerfile names.
        base = "" if image == "spark" else build.base
        self.tag = source.tag(base)
        group = logs.LogGroup(
            place,
            "Log",
            encryption_key=key,
            retention=log_retention(stage),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        role = _BuildRole(place, source=source, repository=repository, key=key, group=group)
        variables = {
            "IMAGE": image,
            "TAG": self.tag,
            "REPOSITORY": repository.repository_uri,
            "BASE": f"--build-arg BASE={base}" if base else "",
            # SageMaker takes images, not indexes of an image and its attestations.
            "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
        }
        super().__init__(
            place,
            "Project",
            description=f"Builds the {image} image of stage {stage.name}",
            service_role=role.role_arn,
            encryption_key=key.key_arn,
            timeout_in_minutes=build.minutes,
            queued_timeout_in_minutes=QUEUED_MINUTES,
            artifacts=codebuild.CfnProject.ArtifactsProperty(type="NO_ARTIFACTS"),
            source=codebuild.CfnProject.SourceProperty(
                type="S3",
                location=f"{source.s3_bucket_name}/{source.s3_object_key}",
                build_spec=cdk.Stack.of(scope).to_json_string(
                    {"version": "0.2", "phases": {"build": {"commands": _COMMANDS}}}
                ),
            ),
            environment=codebuild.CfnProject.EnvironmentProperty(
                type="LINUX_CONTAINER",
                compute_type=_SIZE,
                image=_MACHINE,
                privileged_mode=True,  # Docker runs inside it.
                environment_variables=[
                    codebuild.CfnProject.EnvironmentVariableProperty(name=name, value=value)
                    for name, value in variables.items()
                ],
            ),
            logs_config=codebuild.CfnProject.LogsConfigProperty(
                cloud_watch_logs=codebuild.CfnProject.CloudWatchLogsConfigProperty(
                    status="ENABLED", group_name=group.log_group_name
                )
            ),
        )
        self.node.add_dependency(role)


class _BuildRole(iam.Role):
    """Read one source, push into one repository, write one log."""

    def __init__(
        self,
        scope: Construct,
        *,
        source: ImageSource,
        repository: ecr.IRepository,
        key: kms.IKey,
        group: logs.ILogGroup,
    ) -> None:
        super().__init__(
            scope,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "codebuild.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
            ),
        )
        for actions, resource in (
            (
                ["s3:GetObject", "s3:GetObjectVersion"],
                source.bucket.arn_for_objects(source.s3_object_key),
            ),
            # CodeBuild asks whose the bucket is, and where.
            (["s3:GetBucketAcl", "s3:GetBucketLocation"], source.bucket.bucket_arn),
            # GetAuthorizationToken has no resource to name.
            (["ecr:GetAuthorizationToken"], "*"),
            (
                [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:CompleteLayerUpload",
                    "ecr:GetDownloadUrlForLayer",
                    "ecr:InitiateLayerUpload",
                    "ecr:PutImage",
                    "ecr:UploadLayerPart",
                ],
                repository.repository_arn,
            ),
            (["logs:CreateLogStream", "logs:PutLogEvents"], group.log_group_arn),
            (["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn),
        ):
            self.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
