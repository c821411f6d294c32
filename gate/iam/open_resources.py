"""Who may use a resource by its own policy: nobody by mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.iam.documents import Stated, resource_statements
from gate.iam.strangers import (
    SOURCE,
    account_of,
    any_region,
    says_nothing,
    says_who,
)
from gate.reading import text
from gate.wiring.restrictions import restricted


def _services(*names: str) -> frozenset[str]:
    return frozenset(f"{name}.amazonaws.com" for name in names)


_PUBLISHERS = _services("aps", "budgets", "cloudwatch", "events", "s3", "sns")
# Each names the account when it asks, and AWS's own example of the policy demands it.
_ASK_FOR_WHOM: Mapping[str, frozenset[str]] = {
    "AWS::Logs::ResourcePolicy": _services("es", "opensearchservice", "route53"),
    "AWS::S3::BucketPolicy": _services("cloudfront", "cloudtrail", "config", "logging.s3", "s3"),
    "AWS::SNS::TopicInlinePolicy": _PUBLISHERS,
    "AWS::SNS::TopicPolicy": _PUBLISHERS,
    "AWS::SQS::QueueInlinePolicy": _PUBLISHERS,
    "AWS::SQS::QueuePolicy": _PUBLISHERS,
    "AWS::SecretsManager::ResourcePolicy": _services("aps"),
}
_OPENED_BY = {
    "AWS::Events::EventBusPolicy": "Condition",
    "AWS::Lambda::LayerVersionPermission": "OrganizationId",
}
# A service that delivers logs writes each account's below that account's own folder.
_FOLDER_OF_AN_ACCOUNT = "/AWSLogs/"
_LOOKS_AT_ACCESS = {"s3:getbucketacl", "s3:getbucketlocation"}


def open_resources(assembly: Assembly) -> Iterator[Finding]:
    """A bucket, key, topic or queue that anybody may use."""
    for stated in resource_statements(assembly):
        if stated.allows and stated.is_for_everybody and not says_who(stated):
            yield stated.owner.finding(
                "iam.open-resource",
                f"found anybody may {', '.join(stated.actions[:3])}; expected named principals, "
                "or a condition that says who is meant, which not everybody meets; name them",
            )


def other_accounts(assembly: Assembly) -> Iterator[Finding]:
    """A resource that every identity of another account may use."""
    own = {template.account for template in assembly.templates}
    for stated in resource_statements(assembly):
        if not stated.allows or says_who(stated) or _is_delivery(stated):
            continue
        for principal in stated.principals("AWS"):
            account = account_of(principal)
            whole = principal == account or principal.endswith(":root")
            if account and whole and account not in own:
                yield stated.owner.finding(
                    "iam.open-resource",
                    f"found all of account {account} may {', '.join(stated.actions[:3])}; expected "
                    "roles of it by name, or a condition on aws:PrincipalArn; name who is meant",
                )


def publishers_for_anybody(assembly: Assembly) -> Iterator[Finding]:
    """A resource that a service may use on behalf of any account."""
    for stated in resource_statements(assembly):
        if not stated.allows or stated.is_for_everybody:
            continue
        if stated.restricted(always_sent=True) & SOURCE:
            continue
        asking = _ASK_FOR_WHOM.get(stated.owner.type, frozenset())
        for service in map(any_region, stated.principals("Service")):
            if says_nothing(stated) or (service in asking and not _is_delivery(stated)):
                yield stated.owner.finding(
                    "iam.confused-deputy",
                    f"found {service} may {stated.actions[0] if stated.actions else 'ask'} for any "
                    "account; expected a condition on aws:SourceAccount or aws:SourceArn that "
                    "names one; add it",
                )


def callers_for_anybody(assembly: Assembly) -> Iterator[Finding]:
    """A function that a service, or anybody, may invoke on behalf of any account."""
    for permission in assembly.resources("AWS::Lambda::Permission"):
        principal = str(permission.properties.get("Principal", ""))
        is_wide = principal == "*" or principal.endswith(".amazonaws.com")
        if is_wide and not _is_narrowed(permission):
            yield permission.finding(
                "iam.open-function",
                f"found {principal} may invoke the function for any account; expected SourceArn "
                "or SourceAccount that names one; add it",
            )


def shared_with_everybody(assembly: Assembly) -> Iterator[Finding]:
    """A layer or an event bus that is opened to all accounts, not those of an organization."""
    for kind, narrowing in _OPENED_BY.items():
        for permission in assembly.resources(kind):
            if permission.properties.get("Principal") == "*" and narrowing not in (
                permission.properties
            ):
                yield permission.finding(
                    "iam.open-resource",
                    f"found Principal * without {narrowing}; expected the accounts that are meant, "
                    "or an organization; name them",
                )


def _is_narrowed(permission: Resource) -> bool:
    if {"PrincipalOrgID", "FunctionUrlAuthType", "SourceAccount"} & set(permission.properties):
        return True
    source = text(permission.properties, "SourceArn")
    return bool(source and restricted({"ArnLike": {"aws:SourceArn": source}}))


def _is_delivery(stated: Stated) -> bool:
    """Whether all that is allowed is to deliver into an account's own folder, or to look first."""
    looks = {action.lower() for action in stated.actions} <= _LOOKS_AT_ACCESS
    folders = [_FOLDER_OF_AN_ACCOUNT in resource for resource in stated.resources]
    return looks or (bool(folders) and all(folders))


RULES = (
    open_resources,
    other_accounts,
    publishers_for_anybody,
    callers_for_anybody,
    shared_with_everybody,
)
