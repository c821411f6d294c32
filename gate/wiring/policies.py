"""What IAM policies decide, as far as a template tells.

A request may be known in part only: the name of a job that is made at run time, the context that
the service will send. What is unknown is taken in favour of the template: an `Allow` counts if it
could hold, a `Deny` only if it must.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gate.reading import mappings, texts
from gate.wiring.conditions import hold
from gate.wiring.glob import covers, overlaps

_ACCOUNT_PART = 4


@dataclass(frozen=True)
class Principal:
    """Who asks: a service by its name, or a role by its ARN."""

    kind: Literal["Service", "AWS"]
    name: str


@dataclass(frozen=True)
class Request:
    """What is asked for. Action and resource may have wildcards where they are not known whole.

    A context key with the value None is known to be absent; one that is missing is not known.
    """

    action: str
    resource: str = "*"
    principal: Principal | None = None
    context: Mapping[str, str | None] = field(default_factory=dict)


def service(name: str) -> Principal:
    """A service as a principal, such as `events.amazonaws.com`."""
    return Principal("Service", name)


def role(arn: str) -> Principal:
    """A role as a principal."""
    return Principal("AWS", arn)


def statements_of(document: object) -> tuple[Mapping[str, Any], ...]:
    """The statements of a policy document; whatever is none is left to the rules of the schema."""
    return tuple(mappings(document, "Statement"))


def allows(statements: Iterable[Mapping[str, Any]], request: Request) -> bool:
    """Whether the statements allow the request, and none denies it.

    >>> reader = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::data/*"}
    >>> allows([reader], Request("s3:GetObject", "arn:aws:s3:::data/2026.csv"))
    True
    >>> allows([reader], Request("s3:PutObject", "arn:aws:s3:::data/2026.csv"))
    False
    """
    stated = list(statements)
    return not denies(stated, request) and any(
        statement.get("Effect") == "Allow" and _may_match(statement, request)
        for statement in stated
    )


def denies(statements: Iterable[Mapping[str, Any]], request: Request) -> bool:
    """Whether a statement denies the request for certain."""
    return any(
        statement.get("Effect") == "Deny" and _must_match(statement, request)
        for statement in statements
    )


def delegates(statements: Iterable[Mapping[str, Any]], request: Request) -> bool:
    """Whether a resource's policy leaves the request to the policies of the asking role.

    >>> root = {"AWS": "arn:aws:iam::111111111111:root"}
    >>> default = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    >>> user = role("arn:aws:iam::111111111111:role/user")
    >>> delegates([default], Request("kms:Decrypt", principal=user))
    True
    """
    if request.principal is None:
        return False
    account = _account(request.principal.name)
    whole = role(f"arn:aws:iam::{account}:root")
    asked = Request(request.action, request.resource, whole, request.context)
    return allows(statements, asked)


def names_action(statement: Mapping[str, Any], action: str) -> bool:
    """Whether the statement speaks of the action."""
    wanted = action.lower()
    if "NotAction" in statement:
        return not any(covers(text.lower(), wanted) for text in texts(statement["NotAction"]))
    return any(overlaps(text.lower(), wanted) for text in texts(statement.get("Action")))


def _may_match(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        names_action(statement, request.action)
        and _resource_may_match(statement, request.resource)
        and _principal_matches(statement, request.principal)
        and hold(statement.get("Condition"), request.context) is not False
    )


def _must_match(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        _action_must_match(statement, request.action)
        and _resource_must_match(statement, request.resource)
        and _principal_matches(statement, request.principal)
        and hold(statement.get("Condition"), request.context) is True
    )


def _action_must_match(statement: Mapping[str, Any], action: str) -> bool:
    wanted = action.lower()
    if "NotAction" in statement:
        return not any(overlaps(text.lower(), wanted) for text in texts(statement["NotAction"]))
    return any(covers(text.lower(), wanted) for text in texts(statement.get("Action")))


def _resource_may_match(statement: Mapping[str, Any], resource: str) -> bool:
    if "NotResource" in statement:
        return not any(covers(text, resource) for text in texts(statement["NotResource"]))
    # A trust policy has no resource: it is about the role that it belongs to.
    return "Resource" not in statement or any(
        overlaps(text, resource) for text in texts(statement["Resource"])
    )


def _resource_must_match(statement: Mapping[str, Any], resource: str) -> bool:
    if "NotResource" in statement:
        return not any(overlaps(text, resource) for text in texts(statement["NotResource"]))
    return "Resource" not in statement or any(
        covers(text, resource) for text in texts(statement["Resource"])
    )


def _principal_matches(statement: Mapping[str, Any], principal: Principal | None) -> bool:
    if principal is None:  # the policy of an identity, which is whoever has it
        return True
    if "NotPrincipal" in statement:
        return not _is_among(statement["NotPrincipal"], principal)
    return _is_among(statement.get("Principal"), principal)


def _is_among(named: object, principal: Principal) -> bool:
    if named == "*":
        return True
    if not isinstance(named, Mapping):
        return False
    names = texts(named.get(principal.kind))
    if principal.kind == "Service":
        return principal.name in names
    return any(_same_identity(name, principal.name) for name in names)


def _same_identity(name: str, arn: str) -> bool:
    if arn.endswith(":root") and name == _account(arn):
        return True
    return name in {"*", arn}


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[_ACCOUNT_PART] if len(parts) > _ACCOUNT_PART else ""
