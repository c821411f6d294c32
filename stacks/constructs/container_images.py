"""The registries of the container images."""

from __future__ import annotations

from functools import cached_property

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from tidewatch.core.config import StageConfig

# Every change of the code is a new tag, and an endpoint that scales out pulls the tag it was
# released with: what is live must never be among those that expire.
_TAGS_KEPT = {"serving": 200}
_OTHER_TAGS_KEPT = 20


class ContainerImages(Construct):
    """One repository an image. A tag, once pushed, never changes."""

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: StageConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._key = key
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
            repository_name=f"tidewatch-{self._stage.name}/{image}",
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=self._key,
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    rule_priority=1,
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=cdk.Duration.days(1),
                ),
                ecr.LifecycleRule(
                    rule_priority=2, max_image_count=_TAGS_KEPT.get(image, _OTHER_TAGS_KEPT)
                ),
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN
            if self._stage.protected
            else cdk.RemovalPolicy.DESTROY,
            empty_on_delete=not self._stage.protected,
        )
