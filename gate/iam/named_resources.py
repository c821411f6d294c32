"""Statements whose resources do not fit their actions: all of a type, or one that is no use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.iam.actions import can_name_resources, expanded, is_reading
from gate.iam.documents import Stated, identity_statements
from gate.wiring.arns import arn_of
from gate.wiring.glob import covers

# `repository/*`, `secret:*`, `table/*`: whatever has the type. A part of a name is none of it.
_ALL_OF_A_TYPE = re.compile(r"arn:[^:]*:([^:]*):[^:]*:[^:]*:([a-z-]+)[/:]\*")
# What is made has no ARN before it is, what is stopped was made at run time; all else was there.
_OF_THE_MOMENT = re.compile(r"(?:add|create|deregister|register|run|stop|tag|untag)", re.IGNORECASE)
_READS_SECRETS = {
    "kms:decrypt",
    "secretsmanager:batchgetsecretvalue",
    "secretsmanager:getsecretvalue",
    "ssm:getparameter",
    "ssm:getparameters",
    "ssm:getparametersbypath",
}
# AWS takes an ARN where its list says that there is none, or asks for no permission at all.
_TAKEN_ANYWHERE = ("logs:", "sts:")
# Escalation has rules of its own; interfaces and log streams are named by AWS.
_JUDGED_ELSEWHERE = ("iam:", "sts:", "ec2:", "logs:")


def all_of_a_type(assembly: Assembly) -> Iterator[Finding]:
    """Changing everything of a type, or reading all secrets, where the assembly could name which.

    It could where it makes a resource of that type itself.
    """
    made = list[str]()
    for stated in identity_statements(assembly):
        wide = [resource for resource in stated.resources if _ALL_OF_A_TYPE.fullmatch(resource)]
        changing = [action for action in stated.actions if _is_about_named(action)]
        if not stated.allows or not wide or not changing or stated.is_narrowed:
            continue
        made = made or [arn_of(assembly, resource) for resource in assembly.resources()]
        for resource in wide:
            fitting = [action for action in changing if _same_service(action, resource)]
            if fitting and any(covers(resource, arn) for arn in made):
                yield stated.owner.finding(
                    "iam.every-resource",
                    f"found {', '.join(fitting[:3])} on {resource}, which is all of its kind in "
                    "the account; expected those that are meant; name their ARNs",
                )


def stars_only(assembly: Assembly) -> Iterator[Finding]:
    """An action that names no resource, on an ARN: it is never allowed."""
    for stated in identity_statements(assembly):
        if not stated.allows or not stated.resources or _has_star(stated):
            continue
        for action in stated.actions:
            if _takes_star_only(action) and not _is_allowed_elsewhere(assembly, stated, action):
                yield stated.owner.finding(
                    "iam.star-only",
                    f"found {action} on {stated.resources[0]}; expected *, as the action names no "
                    "resource and is refused so; give it a statement of its own",
                )


def _is_about_named(action: str) -> bool:
    if action.lower().startswith(_JUDGED_ELSEWHERE):
        return False
    if action.lower() in _READS_SECRETS:
        return True
    name = action.partition(":")[2]
    known = bool(expanded(action)) and can_name_resources(action)
    return known and not is_reading(action) and not _OF_THE_MOMENT.match(name)


def _same_service(action: str, resource: str) -> bool:
    found = _ALL_OF_A_TYPE.fullmatch(resource)
    return found is not None and action.lower().startswith(f"{found[1]}:")


def _has_star(stated: Stated) -> bool:
    return any(set(resource) <= set("*") for resource in stated.resources)


def _takes_star_only(action: str) -> bool:
    is_one = not {"*", "?"} & set(action) and not action.lower().startswith(_TAKEN_ANYWHERE)
    return is_one and bool(expanded(action)) and not can_name_resources(action)


def _is_allowed_elsewhere(assembly: Assembly, stated: Stated, action: str) -> bool:
    """Whether another statement of the same policy allows it as it can be."""
    return any(
        other.allows
        and other.owner is stated.owner
        and _has_star(other)
        and any(covers(pattern.lower(), action.lower()) for pattern in other.actions)
        for other in identity_statements(assembly)
    )


RULES = (all_of_a_type, stars_only)
