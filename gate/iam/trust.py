"""Who may become a role: nobody by mistake."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.iam.documents import trust_statements
from gate.iam.strangers import SOURCE, WHO, any_region, is_stranger, says_nothing

# They say for which account and resource they ask: each one's own security guide shows it. Lambda
# and EC2 do not; nobody can hand them a role of another account.
SAY_FOR_WHOM = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        "bedrock",
        "chatbot",
        "codebuild",
        "codepipeline",
        "datasync",
        "emr-serverless",
        "events",
        "firehose",
        "glue",
        "grafana",
        "logs",
        "monitoring.rds",
        "pipes",
        "sagemaker",
        "scheduler",
        "states",
        "transfer",
        "vpc-flow-logs",
    )
)
"""The services that name an account when they ask."""


def open_trusts(assembly: Assembly) -> Iterator[Finding]:
    """A role that anybody, or another account as a whole, may assume."""
    for stated in trust_statements(assembly):
        if not stated.allows or stated.restricted() & WHO:
            continue
        all_but_some = ["everybody but some"] if "NotPrincipal" in stated.statement else []
        for principal in stated.principals("AWS") + all_but_some:
            if principal in all_but_some or is_stranger(assembly, stated.owner, principal):
                yield stated.owner.finding(
                    "iam.open-trust",
                    f"found {principal} may assume the role; expected this account, or a condition "
                    "on sts:ExternalId or aws:PrincipalOrgID that takes not everybody; narrow it",
                )


def confused_deputies(assembly: Assembly) -> Iterator[Finding]:
    """A role that a service may assume for whoever asks it to."""
    for stated in trust_statements(assembly):
        if stated.allows and not stated.restricted(always_sent=True) & SOURCE:
            for service in map(any_region, stated.principals("Service")):
                if service in SAY_FOR_WHOM or says_nothing(stated):
                    yield stated.owner.finding(
                        "iam.confused-deputy",
                        f"found {service} may assume the role for any account; expected a "
                        "condition on aws:SourceAccount or aws:SourceArn that names one; add it",
                    )


def optional_sources(assembly: Assembly) -> Iterator[Finding]:
    """A condition on the source that holds as well for a request which names none."""
    for stated in trust_statements(assembly):
        optional = (stated.restricted(always_sent=True) - stated.restricted()) & SOURCE
        services = {any_region(name) for name in stated.principals("Service")}
        if stated.allows and optional and not stated.restricted() & SOURCE:
            for service in sorted(services & SAY_FOR_WHOM):
                yield stated.owner.finding(
                    "iam.confused-deputy",
                    f"found a condition on {min(optional)} that holds too where {service} does not "
                    "say for whom it asks; expected one that demands the key; leave IfExists and "
                    "ForAllValues out",
                )


RULES = (open_trusts, confused_deputies, optional_sources)
