"""Security faults in bounds: conditions that may be absent, guardrails and prefixes that went."""

from __future__ import annotations

import json

from gate.mutation.editing import rename, statement_on, statements
from gate.mutation.mutation import Json, NotHereError, fault


@fault("security", "AWS::IAM::Role")
def role_source_if_it_exists(role: Json) -> None:
    """A role's condition holds too where the account is not said."""
    rename(_of_account(role), "StringEquals", "StringEqualsIfExists")


@fault("security", "AWS::IAM::Role")
def role_source_of_all_values(role: Json) -> None:
    """A role's condition on a single value holds for no value too."""
    rename(_of_account(role), "StringEquals", "ForAllValues:StringEquals")


@fault("security", "AWS::Chatbot::SlackChannelConfiguration")
def chat_without_guardrail(channel: Json) -> None:
    """A channel of a chat has an administrator's bounds."""
    del channel["GuardrailPolicies"]


@fault("security", "AWS::IAM::Policy")
def tracking_role_of_the_whole_bucket(policy: Json) -> None:
    """The role of a tracking server may delete what others keep beside its prefix."""
    statement = statement_on(policy, "s3:DeleteObject")
    written = json.dumps(statement["Resource"])
    if '"/mlflow/*"' not in written:
        raise NotHereError("prefix")
    statement["Resource"] = json.loads(written.replace('"/mlflow/*"', '"/*"'))


def _of_account(role: Json) -> Json:
    statement = statements(role)[0]
    condition: Json = statement["Condition"]
    if (
        "lambda" in json.dumps(statement["Principal"])
        or "aws:SourceAccount" not in (condition["StringEquals"])
    ):
        raise NotHereError("SourceAccount")
    return condition
