"""Roles that identities from outside of AWS may assume: only those that are meant."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.iam.documents import trust_statements

_PROVIDER = ":oidc-provider/"
_AUDIENCE = ":aud"
_BY_TOKEN = "sts:assumerolewithwebidentity"  # noqa: S105 - an action of IAM
# The audience is the tenant's own: it is an identity pool, or an app that was registered.
_AUDIENCE_OF_ONE = ("cognito-identity.amazonaws.com", "accounts.google.com")


def tokens_of_anybody(assembly: Assembly) -> Iterator[Finding]:
    """A role that whoever has a token of a shared identity provider may assume."""
    for stated in trust_statements(assembly):
        if not stated.allows or _BY_TOKEN not in {action.lower() for action in stated.actions}:
            continue
        found = {key for key in stated.restricted() if not key.endswith(_AUDIENCE)}
        for principal in stated.principals("Federated"):
            issuer = principal.partition(_PROVIDER)[2]
            if issuer and not found and not issuer.startswith(_AUDIENCE_OF_ONE):
                yield stated.owner.finding(
                    "iam.open-trust",
                    f"found any token of {issuer} may assume the role; expected a condition on "
                    f"{issuer}:sub that names whose it is, and that no request is without; add it",
                )


RULES = (tokens_of_anybody,)
