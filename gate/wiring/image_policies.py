"""Images that a service pulls as itself, and not under a role of ours, let it."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import fields
from gate.wiring.arns import arn_of
from gate.wiring.policies import Request, allows, service
from gate.wiring.resource_policies import ResourcePolicies

_SPARK = "emr-serverless.amazonaws.com"
_PULL = ("ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer")


def repositories_let_spark_pull(assembly: Assembly) -> Iterator[Finding]:
    """EMR Serverless pulls images as itself: the repository's policy must let it."""
    policies = ResourcePolicies(assembly)
    for application in assembly.resources("AWS::EMRServerless::Application"):
        context = {"aws:SourceArn": arn_of(assembly, application)}
        for key, value in fields(application.properties):
            repository = assembly.at(value, "AWS::ECR::Repository") if key == "ImageUri" else None
            if repository is None:
                continue
            lacking = [
                action
                for action in _PULL
                if not allows(
                    policies.on(repository), Request(action, "*", service(_SPARK), context)
                )
            ]
            if lacking:
                yield application.finding(
                    "wiring.image-policy",
                    f"it runs an image of {repository.name}, whose policy does not let {_SPARK} "
                    f"{', '.join(lacking)}; allow them there",
                )


RULES = (repositories_let_spark_pull,)
