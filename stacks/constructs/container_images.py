"""The registries of the container images, and the tags that jobs run."""

from __future__ import annotations

from functools import cached_property

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

_TAGS_KEPT = 20


class ContainerImages(Construct):
    """One repository an image. The tag is given at deploy time, so that a release is explicit."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: str, protected: bool) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._protected = protected
        self.training = self._repository("training")
        self.serving = self._repository("serving")
        self.monitoring = self._repository("monitoring")

    @cached_property
    def spark(self) -> ecr.Repository:
        """The image of the Spark jobs, made for the first who asks: most stages have none."""
        repository = self._repository("spark")
        # EMR Serverless pulls as itself, not under the job's role.
        stack = cdk.Stack.of(self)
        applications = f"arn:{stack.partition}:emr-serverless:{stack.region}:{stack.account}"
        repository.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("emr-serverless.amazonaws.com")],
                actions=["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"],
                conditions={"StringLike": {"aws:SourceArn": f"{applications}:/applications/*"}},
            )
        )
        return repository

    def _repository(self, image: str) -> ecr.Repository:
        # The repository is named because the image is pushed by name, before anything runs.
        return ecr.Repository(
            self,
            image.capitalize(),
            repository_name=f"tidewatch-{self._stage}/{image}",
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            lifecycle_rules=[ecr.LifecycleRule(max_image_count=_TAGS_KEPT)],
            removal_policy=cdk.RemovalPolicy.RETAIN
            if self._protected
            else cdk.RemovalPolicy.DESTROY,
        )
