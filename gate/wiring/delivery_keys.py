"""Services may use the keys of what they deliver to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import texts
from gate.wiring.deliveries import deliveries
from gate.wiring.delivery_policies import ACTIONS, context_of, names_of
from gate.wiring.keys import key_lets, key_of, key_value
from gate.wiring.policies import names_action, service
from gate.wiring.resource_policies import ResourcePolicies
from gate.wiring.targets import behind

_BOTH = ("kms:Decrypt", "kms:GenerateDataKey")
_NEEDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "AWS::SNS::Topic": {"sns:Publish": _BOTH},
    "AWS::SQS::Queue": {"sqs:SendMessage": _BOTH},
    "AWS::SecretsManager::Secret": {"secretsmanager:GetSecretValue": ("kms:Decrypt",)},
    "AWS::S3::Bucket": {"s3:PutObject": ("kms:GenerateDataKey",), "s3:GetObject": ("kms:Decrypt",)},
}


def keys_let_services_deliver(assembly: Assembly) -> Iterator[Finding]:
    """A key that the service wired to what it encrypts may not use."""
    for delivery in deliveries(assembly):
        target = behind(assembly, delivery.target)
        if target is None or target.type not in _NEEDS:
            continue
        if key_value(target).startswith("alias/aws/"):
            yield delivery.source.finding(
                "wiring.delivery-key",
                f"{delivery.by} names {target.name}, encrypted with {key_value(target)}, whose "
                f"policy nobody can open to {delivery.service}; use a key of your own",
            )
            continue
        key = key_of(assembly, target)
        context = context_of(assembly, delivery)
        needed = _NEEDS[target.type][ACTIONS[target.type]]
        if key is not None and not any(
            all(key_lets(key, service(name), action, context) for action in needed)
            for name in names_of(delivery)
        ):
            yield delivery.source.finding(
                "wiring.delivery-key",
                f"{delivery.by} names {target.name}, whose key {key.name} does not let "
                f"{delivery.service} {' and '.join(needed)}: the delivery is dropped; allow it",
            )


def keys_let_whom_policies_let(assembly: Assembly) -> Iterator[Finding]:
    """A service that a resource's policy lets in, and the resource's key keeps out."""
    for resource, statements in ResourcePolicies(assembly):
        key = key_of(assembly, resource)
        if key is None:
            continue
        for name, action in _services_let(resource, statements):
            needed = _NEEDS[resource.type][action]
            if not all(key_lets(key, service(name), need, {}) for need in needed):
                yield resource.finding(
                    "wiring.resource-key",
                    f"its policy lets {name} {action}, its key {key.name} does not let it "
                    f"{' and '.join(needed)}; allow it in the key's policy",
                )


def _services_let(
    resource: Resource, statements: list[Mapping[str, object]]
) -> Iterator[tuple[str, str]]:
    for action in _NEEDS.get(resource.type, {}):
        let = {
            name
            for statement in statements
            if statement.get("Effect") == "Allow" and names_action(statement, action)
            for name in texts(statement, "Principal", "Service")
        }
        for name in sorted(let):
            yield name, action


RULES = (keys_let_services_deliver, keys_let_whom_policies_let)
