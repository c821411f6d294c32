"""The images that jobs and endpoints run, built in the account: nobody needs Docker."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.constructs.alert_topics import AlertTopics
from stacks.constructs.image_build import QUEUED_MINUTES, BuildProject
from stacks.constructs.log_retention import log_retention
from stacks.constructs.machine_alarms import UndeliveredAlarm
from stacks.constructs.platform_function import PlatformFunction
from stacks.constructs.undelivered import Undelivered
from stacks.storage import Storage
from tidewatch.core.config import Config
from tidewatch.core.config.foundation import ImageBuild

_ANSWER_MINUTES = 5
"""What the builder may take besides the build itself. CloudFormation waits an hour at most."""


class Images(cdk.Stack):
    """One build an image. The stack is deployed when every image is there; `image_tags` says which.

    A tag is the hash of what the image is built from: a deployment that changes none builds none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        build: ImageBuild,
        storage: Storage,
        topics: AlertTopics,
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = config.stage
        self._build = build
        self._storage = storage
        repositories: dict[str, ecr.Repository] = {
            "training": storage.images.training,
            "serving": storage.images.serving,
            "monitoring": storage.images.monitoring,
        }
        if any(model.monitoring.uses_spark for model in config.models):
            repositories["spark"] = storage.images.spark
        self._undelivered = Undelivered(self, "Undelivered")
        UndeliveredAlarm(
            self,
            "UndeliveredAlarm",
            queue=self._undelivered,
            topics=topics,
            runbook="EventsUndelivered",
        )
        self._builder = PlatformFunction(
            self,
            "Builder",
            unit="image_build",
            environment={},
            log_retention=log_retention(config.stage),
            undelivered=self._undelivered,
        )
        projects = {
            image: self._project(image, repository) for image, repository in repositories.items()
        }
        self.image_tags = {image: project.tag for image, project in projects.items()}
        self._answer_when_built(list(projects.values()))

    def _project(self, image: str, repository: ecr.Repository) -> BuildProject:
        project = BuildProject(
            self,
            image,
            stage=self._stage,
            build=self._build,
            repository=repository,
            key=self._storage.key,
        )
        for actions, resource in (
            (["codebuild:StartBuild", "codebuild:BatchGetBuilds"], project.attr_arn),
            (["ecr:DescribeImages"], repository.repository_arn),
        ):
            self._builder.add_to_role_policy(
                iam.PolicyStatement(actions=actions, resources=[resource])
            )
        built = cdk.CustomResource(
            self,
            f"{image.capitalize()}Image",
            resource_type="Custom::ContainerImage",
            service_token=self._builder.function_arn,
            # A build waits for a machine, builds, and is answered for.
            service_timeout=cdk.Duration.minutes(
                QUEUED_MINUTES + self._build.minutes + _ANSWER_MINUTES
            ),
            properties={
                "Project": project.ref,
                "Repository": repository.repository_name,
                "Tag": project.tag,
            },
        )
        built.node.add_dependency(project, self._builder)
        return project

    def _answer_when_built(self, projects: list[BuildProject]) -> None:
        """CloudFormation waits for an answer; CodeBuild says by an event that a build has ended."""
        rule = events.Rule(
            self,
            "BuildEnded",
            description="Tell CloudFormation how the build of an image ended",
            event_pattern=events.EventPattern(
                source=["aws.codebuild"],
                detail_type=["CodeBuild Build State Change"],
                detail={
                    "project-name": [project.ref for project in projects],
                    "build-status": ["SUCCEEDED", "FAILED", "STOPPED", "FAULT", "TIMED_OUT"],
                },
            ),
            targets=[
                targets.LambdaFunction(
                    self._builder, dead_letter_queue=self._undelivered, retry_attempts=3
                )
            ],
        )
        # A build must not end before somebody listens.
        for child in self.node.children:
            if isinstance(child, cdk.CustomResource):
                child.node.add_dependency(rule)
