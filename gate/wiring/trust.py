"""Roles may be assumed by the services that they are handed to."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.wiring.arns import account_in, arn_of
from gate.wiring.policies import Request, allows, service, statements_of
from gate.wiring.uses import uses


def trusts_let_services_assume(assembly: Assembly) -> Iterator[Finding]:
    """A role that the service that it is handed to may not assume."""
    for use in uses(assembly):
        role = assembly.at(use.role, "AWS::IAM::Role")
        if role is None:
            continue
        account = account_in(arn_of(assembly, role))
        trust = statements_of(role.properties.get("AssumeRolePolicyDocument"))
        known = {"aws:SourceAccount": account}
        asked = Request("sts:AssumeRole", "*", service(use.service), known)
        if not allows(trust, asked):
            yield use.user.finding(
                "wiring.trust",
                f"{use.by} hands {role.name} to {use.service}, which its trust policy does not let "
                "assume it: nothing runs; name the service there, for this account",
            )


RULES = (trusts_let_services_assume,)
