"""Statements of policies that let in, or let out, more than they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.reading import is_given, mappings, texts, within

# Actions that no resource narrows, or not enough: the condition that does.
_NARROWED_BY = {
    "iam:passrole": ("iam:PassedToService", "the role could be handed to any service"),
    "cloudwatch:putmetricdata": ("cloudwatch:namespace", "any metric could be overwritten"),
    "events:putevents": ("events:source", "events could be sent in any other's name"),
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
    for policy in assembly.resources(
        "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role"
    ):
        for statement in _statements(policy):
            conditions = _condition_keys(statement)
            for action in texts(statement.get("Action")):
                key, danger = _NARROWED_BY.get(action.lower(), ("", ""))
                if key and statement.get("Effect") == "Allow" and key.lower() not in conditions:
                    yield policy.finding(
                        "posture.statement-narrow",
                        f"{action} without a condition on {key}: {danger}; add it",
                    )


def _statements(policy: Resource) -> Iterator[Mapping[str, Any]]:
    documents = [policy.properties, *mappings(policy.properties.get("Policies"))]
    for document in documents:
        yield from mappings(within(document, "PolicyDocument.Statement"))


def _condition_keys(statement: Mapping[str, Any]) -> set[str]:
    operators = statement.get("Condition")
    return {
        str(key).lower()
        for tested in (operators.values() if isinstance(operators, Mapping) else ())
        for key in (tested if isinstance(tested, Mapping) else ())
    }


RULES: tuple[Rule, ...] = (services_say_for_whom, narrowed)
