"""Nothing is published to everybody: builds, layers, and who may start a build."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import is_given, is_true, items, within

_PROJECT = "AWS::CodeBuild::Project"


def layers_are_shared_with_somebody(assembly: Assembly) -> Iterator[Finding]:
    """A layer is given to an account, or to an organisation."""
    for permission in assembly.resources("AWS::Lambda::LayerVersionPermission"):
        anybody = permission.properties.get("Principal") == "*"
        if anybody and not is_given(permission.properties.get("OrganizationId")):
            yield permission.finding(
                "posture.published",
                "any account may use the layer, and read what is in it: name the account, or the "
                "OrganizationId",
            )


def builds_are_started_by_some(assembly: Assembly) -> Iterator[Finding]:
    """A webhook without filters builds what anybody proposes, under the project's role."""
    for project in assembly.resources(_PROJECT):
        webhook = is_true(within(project.properties, "Triggers.Webhook"))
        if webhook and not items(within(project.properties, "Triggers.FilterGroups")):
            yield project.finding(
                "posture.published",
                "its webhook has no FilterGroups: whoever opens a pull request runs code under its "
                "role; filter by event and by actor or branch",
            )


RULES: tuple[Rule, ...] = (
    layers_are_shared_with_somebody,
    builds_are_started_by_some,
    Requirement(
        "posture.published",
        _PROJECT,
        "Visibility",
        "anybody with the link reads its logs and artifacts; leave it PRIVATE",
        holds=lambda value: value in (None, "PRIVATE"),
    ),
)
