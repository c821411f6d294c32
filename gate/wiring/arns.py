"""The ARNs of resources, and the parts of ARNs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gate.assembly import Assembly, Resource
from gate.physical import Physical, Place

_REGION, _ACCOUNT = 3, 4


def arn_of(assembly: Assembly, resource: Resource) -> str:
    """The ARN that AWS gives a resource of the assembly."""
    place = _places(assembly)[resource.stack]
    return Physical(place, resource.logical_id, resource.type, resource.properties.get).arn


def region_in(arn: str) -> str:
    """The region that an ARN names, or an empty string.

    >>> region_in("arn:aws:sqs:eu-west-1:111111111111:orders")
    'eu-west-1'
    """
    return _part(arn, _REGION)


def account_in(arn: str) -> str:
    """The account that an ARN names, or an empty string."""
    return _part(arn, _ACCOUNT)


def _part(arn: str, place: int) -> str:
    parts = arn.split(":")
    return parts[place] if parts[0] == "arn" and len(parts) > place else ""


@lru_cache(maxsize=2)
def _places(assembly: Assembly) -> Mapping[str, Place]:
    return {
        template.stack: Place(template.stack, template.account, template.region)
        for template in assembly.templates
    }
