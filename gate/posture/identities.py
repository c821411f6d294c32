"""Identities: roles only, and none that may do everything."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import texts

_PEOPLE = (
    "AWS::IAM::AccessKey",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::UserToGroupAddition",
)
_CHATS = tuple(f"AWS::Chatbot::{kind}ChannelConfiguration" for kind in ("Slack", "MicrosoftTeams"))
# Where each names the managed policies that it has.
_HOLDERS = {
    "AWS::IAM::Role": "ManagedPolicyArns",
    "AWS::IAM::Group": "ManagedPolicyArns",
    "AWS::IAM::User": "ManagedPolicyArns",
    **dict.fromkeys(_CHATS, "GuardrailPolicies"),
}
_BROAD = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")


def no_people(assembly: Assembly) -> Iterator[Finding]:
    """No user and no long-lived key: roles are assumed, and their keys end."""
    for resource in assembly.resources(*_PEOPLE):
        yield resource.finding(
            "posture.identity-user", f"{resource.type} has keys that never end: use a role"
        )


def no_broad_policy(assembly: Assembly) -> Iterator[Finding]:
    """No role, and no chat, has a managed policy that may do everything with a service."""
    for role in assembly.resources(*_HOLDERS):
        for arn in texts(role.properties.get(_HOLDERS[role.type])):
            name = arn.rsplit("/", 1)[-1]
            broad = name in _BROAD or name.endswith("FullAccess")
            if broad and ":iam::aws:" in arn:
                yield role.finding(
                    "posture.identity-broad", f"{name} is far more than a job needs: list actions"
                )


RULES: tuple[Rule, ...] = (
    no_people,
    no_broad_policy,
    *(
        Requirement(
            "posture.chat-guardrail",
            chat,
            "GuardrailPolicies",
            "AdministratorAccess takes its place, and a chat's commands are limited by its role "
            "alone; name what a channel may do at most",
        )
        for chat in _CHATS
    ),
)
