"""Statements that give more than anybody meant to."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.iam.actions import can_name_resources, is_wide
from gate.iam.documents import Stated, identity_statements
from gate.reading import texts

_ARN_PARTS = 6
_ANYTHING = {"*", "*/*", "*:*", "*:*:*"}
# Each acts on what AWS makes itself, or on what has no ARN of its own in AWS's own policies.
_NAMES_UNKNOWN = (
    "cloudwatch:getmetric",
    "cloudwatch:listmetrics",
    "cloudwatch:putmetricdata",
    "ec2:assignprivateipaddresses",
    "ec2:createnetworkinterface",
    "ec2:deletenetworkinterface",
    "ec2:describe",
    "ec2:unassignprivateipaddresses",
    "logs:",
)


def wildcard_actions(assembly: Assembly) -> Iterator[Finding]:
    """An action written with `*` that stands for many."""
    for stated in _allowing(assembly):
        for action in stated.actions:
            if is_wide(action):
                yield stated.owner.finding(
                    "iam.wildcard-action",
                    f"found {action} on {_brief(stated)}; expected the actions that are needed, "
                    "by name; write them out",
                )


def star_resources(assembly: Assembly) -> Iterator[Finding]:
    """`*` as the resource of an action that could name one, and no condition that narrows it."""
    for stated in _allowing(assembly):
        wide = [resource for resource in stated.resources if is_anything(resource)]
        named = [action for action in stated.actions if _must_name(action)]
        if wide and named and not stated.is_narrowed:
            yield stated.owner.finding(
                "iam.star-resource",
                f"found {', '.join(named)} on {wide[0]}; expected the resources' own ARNs; "
                "name them, or acknowledge it with its reason",
            )


def everything_but(assembly: Assembly) -> Iterator[Finding]:
    """An `Allow` of all but some actions or resources: it grows whenever AWS does."""
    for stated in _allowing(assembly):
        for element in ("NotAction", "NotResource"):
            if element in stated.statement:
                yield stated.owner.finding(
                    "iam.not-action",
                    f"found Allow with {element} {texts(stated.statement[element])}; expected "
                    f"{element.removeprefix('Not')}; name what is allowed",
                )


def is_anything(resource: str) -> bool:
    """Whether a resource stands for all of a service, or of several.

    >>> is_anything("*"), is_anything("arn:aws:s3:::*"), is_anything("arn:aws:sqs:*:*:*")
    (True, True, True)
    >>> is_anything("arn:aws:s3:::data/*")
    False
    """
    parts = resource.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return resource.strip("*:") in {"", "arn", "arn:aws"}
    return parts[-1] in _ANYTHING


def _must_name(action: str) -> bool:
    return not action.lower().startswith(_NAMES_UNKNOWN) and (
        is_wide(action) or can_name_resources(action)
    )


def _allowing(assembly: Assembly) -> Iterator[Stated]:
    return (stated for stated in identity_statements(assembly) if stated.allows)


def _brief(stated: Stated) -> str:
    return ", ".join(stated.resources[:2]) or "no resource"


RULES = (wildcard_actions, star_resources, everything_but)
