"""Who is a stranger to a policy, and which keys of a condition say which strangers are meant."""

from __future__ import annotations

import re

from gate.assembly import Assembly, Resource
from gate.iam.documents import Stated
from gate.wiring.restrictions import UNKNOWN

_ACCOUNT_PART = 4
_ACCOUNT_LENGTH = 12
_REGION = re.compile(r"\.[a-z]{2}(?:-[a-z]+)+-\d(?=\.amazonaws)")

SOURCE = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        UNKNOWN,
    }
)
"""The keys by which a service says for whom it asks."""

WHO = SOURCE | {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sns:endpoint",
    "sts:externalid",
}
"""The keys that say who asks, or from where: a value that is not everybody's."""

_JUDGED = re.compile(r"(?:aws|s3|sns|sqs|kms|sts|sagemaker|secretsmanager):")


def says_who(stated: Stated) -> bool:
    """Whether a condition tells who is meant; one on a key that is not known here may."""
    found = stated.restricted()
    return bool(found & WHO) or any(not _JUDGED.match(key) for key in found)


def says_nothing(stated: Stated) -> bool:
    """Whether there is a condition, and it keeps nobody out."""
    return bool(stated.condition) and not stated.restricted(always_sent=True)


def is_stranger(assembly: Assembly, owner: Resource, principal: str) -> bool:
    """Whether a principal is anybody, or of an account that is not its owner's."""
    if principal == "*":
        return True
    own = {template.account for template in assembly.templates if template.stack == owner.stack}
    account = account_of(principal)
    return account != "" and account not in own


def account_of(principal: str) -> str:
    """The account of a principal, or an empty text where it names none."""
    parts = principal.split(":")
    is_arn = parts[0] == "arn" and len(parts) > _ACCOUNT_PART
    account = parts[_ACCOUNT_PART] if is_arn else principal
    return account if len(account) == _ACCOUNT_LENGTH and account.isdigit() else ""


def any_region(service: str) -> str:
    """The name of a service without a region.

    >>> any_region("states.eu-west-1.amazonaws.com"), any_region("events.amazonaws.com")
    ('states.amazonaws.com', 'events.amazonaws.com')
    """
    return _REGION.sub("", service)
