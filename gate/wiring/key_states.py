"""Keys that encrypt are of a kind that can, and switched on."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import text, texts
from gate.wiring.keys import key_of
from gate.wiring.policies import names_action, statements_of


def keys_can_encrypt(assembly: Assembly) -> Iterator[Finding]:
    """A key that is switched off, or made to sign, and that a resource is to be encrypted with."""
    for resource in assembly.resources():
        key = key_of(assembly, resource)
        if key is None:
            continue
        usage = text(key.properties, "KeyUsage") or "ENCRYPT_DECRYPT"
        spec = text(key.properties, "KeySpec") or "SYMMETRIC_DEFAULT"
        off = key.properties.get("Enabled") in (False, "false")
        if off or usage != "ENCRYPT_DECRYPT" or spec != "SYMMETRIC_DEFAULT":
            state = "switched off" if off else f"a key of {spec} for {usage}"
            yield resource.finding(
                "wiring.key-state",
                f"its key {key.name} is {state}; expected a symmetric one that is switched on; "
                "every read and write fails",
            )


def keys_can_be_managed(assembly: Assembly) -> Iterator[Finding]:
    """A key whose policy nobody may ever change: KMS refuses to make it."""
    for key in assembly.resources("AWS::KMS::Key"):
        policy = key.properties.get("KeyPolicy")
        bypassed = key.properties.get("BypassPolicyLockoutSafetyCheck") in (True, "true")
        if policy is None or bypassed:
            continue
        if not any(
            statement.get("Effect") == "Allow"
            and names_action(statement, "kms:PutKeyPolicy")
            and (statement.get("Principal") == "*" or texts(statement, "Principal", "AWS"))
            for statement in statements_of(policy)
        ):
            yield key.finding(
                "wiring.key-lockout",
                "its policy lets no identity kms:PutKeyPolicy, so KMS refuses to make it; let the "
                "account's root kms:*",
            )


RULES = (keys_can_encrypt, keys_can_be_managed)
