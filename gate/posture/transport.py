"""Buckets, queues and topics refuse whoever comes without TLS; nothing else goes in the clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.requirement import Requirement
from gate.reading import is_false, is_true, leaves, mappings, texts, within

# Resource, its policy's type, the policy's property that says whom it is of, and the actions
# that have to be refused.
_POLICIES = (
    ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket", ("s3:*", "*")),
    ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues", ("sqs:*", "sqs:SendMessage", "*")),
    ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics", ("sns:*", "sns:Publish", "SNS:*", "*")),
)


def tls_only(assembly: Assembly) -> Iterator[Finding]:
    """A policy denies everybody every action without TLS."""
    for kind, policy_kind, owner, actions in _POLICIES:
        refused = _refusing(assembly, policy_kind, owner, actions)
        for resource in assembly.resources(kind):
            if resource.name not in refused:
                yield resource.finding(
                    "posture.tls-only",
                    f"no {policy_kind} denies everybody {actions[0]} on all of it where "
                    "aws:SecureTransport is false: add the statement",
                )


def _refusing(
    assembly: Assembly, policy_kind: str, owner: str, actions: tuple[str, ...]
) -> set[str]:
    found = set()
    for policy in assembly.resources(policy_kind):
        statements = mappings(within(policy.properties, "PolicyDocument.Statement"))
        for name in texts(policy.properties.get(owner)):
            resource = assembly.at(name)
            if resource and any(_refuses(each, actions, resource.type) for each in statements):
                found.add(resource.name)
    return found


def _refuses(statement: Mapping[str, Any], actions: tuple[str, ...], kind: str) -> bool:
    condition = within(statement, "Condition.Bool")
    secure = condition.get("aws:SecureTransport") if isinstance(condition, Mapping) else None
    named = texts(statement.get("Resource"))
    whole = kind != "AWS::S3::Bucket" or (
        "*" in named or {item.endswith("/*") for item in named} == {True, False}
    )
    return (
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and bool(set(texts(statement.get("Action"))) & set(actions))
        and any(is_false(item) for item in (secure if isinstance(secure, list) else [secure]))
        and whole
    )


def no_plain_http(assembly: Assembly) -> Iterator[Finding]:
    """Listeners, subscriptions and destinations speak HTTPS."""
    for resource in assembly.resources():
        for path, value in leaves(resource.properties):
            name = path.rsplit(".", 1)[-1]
            spoken = name in ("Protocol", "ProtocolType") and value in ("http", "HTTP")
            called = name in ("InvocationEndpoint", "Endpoint") and str(value).startswith("http://")
            if (spoken and "TargetGroup" not in resource.type) or called:
                yield resource.finding(
                    "posture.plain-http",
                    f"{path} is {value!r}: what it carries can be read; use HTTPS",
                )


RULES: tuple[Rule, ...] = (
    tls_only,
    no_plain_http,
    Requirement(
        "posture.search-transport",
        "AWS::OpenSearchService::Domain",
        "DomainEndpointOptions.EnforceHTTPS",
        "set it to true",
        holds=is_true,
    ),
    Requirement(
        "posture.search-transport",
        "AWS::OpenSearchService::Domain",
        "DomainEndpointOptions.TLSSecurityPolicy",
        "the default still takes TLS 1.0; set Policy-Min-TLS-1-2-PFS-2023-10",
        holds=lambda value: isinstance(value, str) and "TLS-1-2" in value,
    ),
    Requirement(
        "posture.search-transport",
        "AWS::OpenSearchService::Domain",
        "NodeToNodeEncryptionOptions.Enabled",
        "set it to true",
        holds=is_true,
    ),
)
