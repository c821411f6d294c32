"""What a stage says of its foundations: network, images, tracking, limits, retention, delivery."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tidewatch.core.config.base import Section
from tidewatch.core.config.duration import Duration

_LARGEST, _SMALLEST = 16, 24


def _range_of_a_vpc(text: str) -> str:
    network = IPv4Network(text)
    if not (network.is_private and _LARGEST <= network.prefixlen <= _SMALLEST):
        raise ValueError(
            f"a private range of /{_LARGEST} to /{_SMALLEST}, for example 10.40.0.0/16;"
            f" found {text}"
        )
    return text


def _no_twins(names: list[str]) -> list[str]:
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ValueError(f"names that differ, found {', '.join(twice)} more than once")
    return names


def _whole_days(value: timedelta) -> timedelta:
    if value % timedelta(days=1):
        raise ValueError("S3 counts whole days, for example 90d")
    return value


Days = Annotated[Duration, AfterValidator(_whole_days)]


class NewNetwork(Section):
    """A VPC of the stage's own: private subnets, endpoints of the services used, no way out."""

    kind: Literal["new"]
    cidr: Annotated[str, AfterValidator(_range_of_a_vpc)] = "10.40.0.0/16"
    zones: Literal[2, 3] = 2
    """Availability zones; each interface endpoint is paid for once a zone."""


class ExistingNetwork(Section):
    """A VPC that you run: its subnets reach the services that the README lists."""

    kind: Literal["existing"]
    vpc_id: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")]
    subnet_ids: Annotated[
        list[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]],
        Field(min_length=2),
        AfterValidator(_no_twins),
    ]


Network = Annotated[NewNetwork | ExistingNetwork, Field(discriminator="kind")]


class ImageBuild(Section):
    """The account builds its images at deploy time, in CodeBuild."""

    base: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.:/_@-]+$")] = (
        "public.ecr.aws/docker/library/python:3.11-slim"
    )
    """What the Python images stand on; `name@sha256:...` makes a build repeatable."""
    minutes: int = Field(default=30, ge=5, le=30)
    """A build that takes longer has failed, and with it the deployment."""


class MlflowApp(Section):
    """SageMaker's serverless MLflow."""

    kind: Literal["app"] = "app"


class MlflowServer(Section):
    """An MLflow tracking server of a size, paid by the hour."""

    kind: Literal["server"]
    size: Literal["Small", "Medium", "Large"] = "Small"


Mlflow = Annotated[MlflowApp | MlflowServer, Field(discriminator="kind")]


class Budget(Section):
    """USD a month at which people are told, by AWS Budgets; nothing is switched off."""

    stage_usd: float = Field(gt=0)
    """Everything with the stage's tag."""
    model_usd: float | None = Field(default=None, gt=0)
    """Each model, by its tag."""


class Limits(Section):
    """Caps on what one mistake can use up."""

    query_gb: int = Field(default=100, ge=1, le=7_000)
    """The most that one Athena query may scan."""
    function_concurrency: int | None = Field(default=None, ge=2, le=100)
    """Instances of each Lambda function. A new account's quota of 10 leaves nothing to reserve.

    A function that reads a queue has two at least.
    """


class Retention(Section):
    """How long what is kept in buckets stays."""

    capture: Days = timedelta(days=90)
    """Captured requests and labels; the prediction log made of them stays."""
    query_results: Days = timedelta(days=30)
    access_logs: Days = timedelta(days=365)
    old_versions: Days = timedelta(days=30)
    """What was overwritten or deleted."""


class Github(Section):
    """The repository whose workflow deploys this stage."""

    repository: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$")]
    environment: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    """The GitHub environment, whose reviewers approve a deployment."""
    provider_arn: Annotated[
        str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:oidc-provider/.+$")
    ] | (None) = None
    """The account's provider of GitHub's identities; without one the stage makes it."""
