"""Who may become a role, or use a resource: nobody by mistake."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.iam.documents import resource_statements, trust_statements

_ACCOUNT_PART = 4
_ACCOUNT_LENGTH = 12
# A condition on one of these says which strangers are meant.
_NAMES_THE_STRANGER = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "kms:calleraccount",
    "sts:externalid",
}
_SOURCE = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}
# They say for which account and resource they ask: each one's own security guide shows it. Lambda
# and EC2 do not; nobody can hand them a role of another account.
_SAY_FOR_WHOM = {
    f"{name}.amazonaws.com"
    for name in (
        "bedrock",
        "emr-serverless",
        "grafana",
        "pipes",
        "sagemaker",
        "scheduler",
        "states",
    )
}
_PUBLISHERS = {
    f"{name}.amazonaws.com" for name in ("aps", "budgets", "cloudwatch", "events", "s3", "sns")
}
_ASKED_FOR_WHOM = ("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy")


def open_trusts(assembly: Assembly) -> Iterator[Finding]:
    """A role that anybody, or another account as a whole, may assume."""
    for stated in trust_statements(assembly):
        if not stated.allows or stated.condition_keys & _NAMES_THE_STRANGER:
            continue
        for principal in stated.principals("AWS"):
            if _is_stranger(assembly, stated.owner, principal):
                yield stated.owner.finding(
                    "iam.open-trust",
                    f"found {principal} may assume the role; expected this account, or a condition "
                    "on sts:ExternalId or aws:PrincipalOrgID; narrow it",
                )


def confused_deputies(assembly: Assembly) -> Iterator[Finding]:
    """A role that a service may assume for whoever asks it to."""
    for stated in trust_statements(assembly):
        if stated.allows and not stated.condition_keys & _SOURCE:
            for service in stated.principals("Service"):
                if service in _SAY_FOR_WHOM:
                    yield stated.owner.finding(
                        "iam.confused-deputy",
                        f"found {service} may assume the role for any account; expected a "
                        "condition on aws:SourceAccount or aws:SourceArn; add it",
                    )


def open_resources(assembly: Assembly) -> Iterator[Finding]:
    """A bucket, key, topic or queue that anybody may use."""
    for stated in resource_statements(assembly):
        if not stated.allows or stated.condition:
            continue
        if "*" in stated.principals("AWS") + stated.principals("Service"):
            yield stated.owner.finding(
                "iam.open-resource",
                f"found anybody may {', '.join(stated.actions[:3])}; expected named principals, "
                "or a condition that says who is meant; name them",
            )


def publishers_for_anybody(assembly: Assembly) -> Iterator[Finding]:
    """A topic or queue that takes a service's messages on behalf of any account."""
    for stated in resource_statements(assembly):
        if stated.owner.type not in _ASKED_FOR_WHOM or not stated.allows:
            continue
        if not stated.condition_keys & _SOURCE:
            for service in _PUBLISHERS & set(stated.principals("Service")):
                yield stated.owner.finding(
                    "iam.confused-deputy",
                    f"found {service} may deliver for any account; expected a condition on "
                    "aws:SourceAccount or aws:SourceArn; add it",
                )


def callers_for_anybody(assembly: Assembly) -> Iterator[Finding]:
    """A function that a service, or anybody, may invoke on behalf of any account."""
    for permission in assembly.resources("AWS::Lambda::Permission"):
        properties = permission.properties
        principal = str(properties.get("Principal", ""))
        narrowed = {"SourceArn", "SourceAccount", "PrincipalOrgID", "FunctionUrlAuthType"}
        if (principal == "*" or principal.endswith(".amazonaws.com")) and not (
            narrowed & set(properties)
        ):
            yield permission.finding(
                "iam.open-function",
                f"found {principal} may invoke the function for any account; expected SourceArn "
                "or SourceAccount; add it",
            )


def _is_stranger(assembly: Assembly, role: Resource, principal: str) -> bool:
    if principal == "*":
        return True
    account = principal.split(":")[_ACCOUNT_PART] if principal.startswith("arn:") else principal
    own = {template.account for template in assembly.templates if template.stack == role.stack}
    return len(account) == _ACCOUNT_LENGTH and account.isdigit() and account not in own


RULES = (
    open_trusts,
    confused_deputies,
    open_resources,
    publishers_for_anybody,
    callers_for_anybody,
)
