"""Statements of policies that let in, or let out, more than they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.reading import is_given, mappings, texts, within
from gate.wiring.restrictions import UNKNOWN, restricted

_OF_IDENTITIES = (
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
)
# Actions that no resource narrows, or not enough: the conditions that do, the first the usual one.
_NARROWED_BY: Mapping[str, tuple[tuple[str, ...], str]] = {
    "cloudwatch:putmetricdata": (
        ("cloudwatch:namespace",),
        "any metric could be overwritten",
    ),
    "events:putevents": (("events:source",), "events could be sent in any other's name"),
    "iam:passrole": (("iam:PassedToService",), "the role could be handed to any service"),
    "kms:creategrant": (
        (
            "kms:GrantIsForAWSResource",
            "kms:GranteePrincipal",
            "kms:GranteeServicePrincipal",
            "kms:GrantOperations",
            "kms:GrantConstraintType",
            "kms:ViaService",
        ),
        "the key could be given to anybody",
    ),
}


def services_say_for_whom(assembly: Assembly) -> Iterator[Finding]:
    """A key that a service may use says on whose behalf."""
    for key in assembly.resources("AWS::KMS::Key"):
        for statement in mappings(within(key.properties, "KeyPolicy.Statement")):
            services = texts(within(statement, "Principal.Service"))
            open_to_all = not is_given(statement.get("Condition"))
            if services and statement.get("Effect") == "Allow" and open_to_all:
                yield key.finding(
                    "posture.key-open",
                    f"{services[0]} may use it for any account: add a condition on "
                    "aws:SourceAccount, or on kms:EncryptionContext for logs",
                )


def narrowed(assembly: Assembly) -> Iterator[Finding]:
    """What a resource cannot narrow, a condition does."""
    for policy in assembly.resources(*_OF_IDENTITIES):
        for statement in _statements(policy):
            narrowing = restricted(statement.get("Condition"), always_sent=True)
            for action in texts(statement.get("Action")):
                keys, danger = _NARROWED_BY.get(action.lower(), ((), ""))
                narrow = {UNKNOWN, *map(str.lower, keys)} & narrowing
                if keys and statement.get("Effect") == "Allow" and not narrow:
                    yield policy.finding(
                        "posture.statement-narrow",
                        f"{action} without a condition on {keys[0]} that takes not everything: "
                        f"{danger}; add it",
                    )


def _statements(policy: Resource) -> Iterator[Mapping[str, Any]]:
    documents = [policy.properties, *mappings(policy.properties.get("Policies"))]
    for document in documents:
        yield from mappings(within(document, "PolicyDocument.Statement"))


RULES: tuple[Rule, ...] = (services_say_for_whom, narrowed)
