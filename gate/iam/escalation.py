"""Permissions by which a role could give itself, or somebody else, any other permission."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.iam.documents import Stated, identity_statements
from gate.iam.wide_statements import is_anything
from gate.reading import texts
from gate.wiring.glob import covers
from gate.wiring.restrictions import UNKNOWN

# Each changes who may do what. Source: Rhino Security Labs' list of escalation methods.
_CHANGES_PERMISSIONS = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
)
_HANDS_OVER = ("iam:PassRole", "sts:AssumeRole")
_LIMITED_BY = {"iam:permissionsboundary", "iam:policyarn", UNKNOWN}
_ATTACHED = {
    "AWS::IAM::Role": "ManagedPolicyArns",
    "AWS::IAM::User": "ManagedPolicyArns",
    "AWS::IAM::Group": "ManagedPolicyArns",
    "AWS::SSO::PermissionSet": "ManagedPolicies",
}
_FULL = ("*FullAccess", "*:policy/AdministratorAccess*", "*:policy/PowerUserAccess")


def administrators(assembly: Assembly) -> Iterator[Finding]:
    """Every action on everything."""
    for stated in identity_statements(assembly):
        if stated.allows and "*" in stated.actions and any(map(is_anything, stated.resources)):
            yield stated.owner.finding(
                "iam.administrator",
                "found every action on every resource; expected what is needed; name it",
            )


def full_access_policies(assembly: Assembly) -> Iterator[Finding]:
    """AWS's own policies that give a whole service, or all of them."""
    for kind, attribute in _ATTACHED.items():
        for resource in assembly.resources(kind):
            for policy in texts(resource.properties.get(attribute)):
                if any(covers(pattern, policy) for pattern in _FULL):
                    yield _full(resource, policy)


def permission_changes(assembly: Assembly) -> Iterator[Finding]:
    """Changing the permissions of identities that the statement does not name one by one."""
    for stated in _on_many(assembly):
        found = [action for action in _CHANGES_PERMISSIONS if _names(stated, action)]
        if found and not _LIMITED_BY & stated.restricted(always_sent=True):
            yield stated.owner.finding(
                "iam.privilege-escalation",
                f"found {', '.join(found[:3])} on {stated.resources[0]}; expected no way to more "
                "permissions; remove it, name the identity, or demand a permissions boundary",
            )


def roles_handed_over(assembly: Assembly) -> Iterator[Finding]:
    """Passing or assuming any role at all."""
    for stated in _on_many(assembly):
        for action in _HANDS_OVER:
            if _names(stated, action):
                yield stated.owner.finding(
                    "iam.any-role",
                    f"found {action} on {stated.resources[0]}; expected the roles that are meant; "
                    "name their ARNs, and the service in iam:PassedToService",
                )


def _full(resource: Resource, policy: str) -> Finding:
    return resource.finding(
        "iam.full-access-policy",
        f"found AWS's policy {policy.rpartition('/')[2]}; expected statements of what is needed; "
        "write them",
    )


def _on_many(assembly: Assembly) -> Iterator[Stated]:
    """Statements whose resources are all roles, users or policies, or all of everything."""
    for stated in identity_statements(assembly):
        if stated.allows and any(_is_many(resource) for resource in stated.resources):
            yield stated


def _is_many(resource: str) -> bool:
    last = resource.split(":", 5)[-1]
    return is_anything(resource) or last in {"role/*", "user/*", "group/*", "policy/*"}


def _names(stated: Stated, action: str) -> bool:
    return any(covers(pattern.lower(), action.lower()) for pattern in stated.actions)


RULES = (administrators, full_access_policies, permission_changes, roles_handed_over)
