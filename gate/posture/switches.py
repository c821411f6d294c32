"""Safety that can be switched off is not: in resources, and in the requests of state machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.tasks import MACHINE, definition, states
from gate.reading import is_false, is_true, leaves

_STAY_ON = frozenset(
    {
        "ActionsEnabled",
        "AtRestEncryptionEnabled",
        "AutoMinorVersionUpgrade",
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "DeletionProtection",
        "DeletionProtectionEnabled",
        "EnableCapture",
        "EnableKeyRotation",
        "EnableLogFileValidation",
        "Encrypted",
        "EnforceHTTPS",
        "EnforceWorkGroupConfiguration",
        "IgnorePublicAcls",
        "KmsKeyEnabled",
        "PointInTimeRecoveryEnabled",
        "PublishCloudWatchMetricsEnabled",
        "RestrictPublicBuckets",
        "SSEEnabled",
        "ScanOnPush",
        "SqsManagedSseEnabled",
        "StorageEncrypted",
        "TransitEncryptionEnabled",
    }
)
# Switches whose name alone says too little: the end of their path does.
_STAY_ON_AT = (
    "AdvancedSecurityOptions.Enabled",
    "AutoStopConfiguration.Enabled",
    "EncryptionAtRestOptions.Enabled",
    "ManagedPersistenceMonitoringConfiguration.Enabled",
    "NodeToNodeEncryptionOptions.Enabled",
    "TracingConfiguration.Enabled",
)
_STAY_OFF = frozenset(
    {
        "AllowFromPublic",
        "AssociatePublicIpAddress",
        "DataTraceEnabled",
        "DisableProfiler",
        "EncryptionDisabled",
        "PubliclyAccessible",
    }
)
_STAY_AS = {
    "DirectInternetAccess": "Disabled",
    "HttpTokens": "required",
    "RootAccess": "Disabled",
    "ImageTagMutability": "IMMUTABLE",
}


def kept_on(assembly: Assembly) -> Iterator[Finding]:
    """No switch of safety stands at the wrong side, wherever it is."""
    for resource in assembly.resources():
        for path, value in _settings(resource):
            name = path.rsplit(".", 1)[-1]
            if is_false(value) and (name in _STAY_ON or path.endswith(_STAY_ON_AT)):
                yield resource.finding("posture.switched-off", f"{path} is false: leave it on")
            elif is_true(value) and name in _STAY_OFF:
                yield resource.finding("posture.switched-on", f"{path} is true: leave it off")


def kept_as(assembly: Assembly) -> Iterator[Finding]:
    """No setting with one safe value has another."""
    for resource in assembly.resources():
        for path, value in _settings(resource):
            safe = _STAY_AS.get(path.rsplit(".", 1)[-1])
            if safe and isinstance(value, str) and not value.startswith(safe):
                yield resource.finding(
                    "posture.unsafe-setting", f"{path} is {value!r}: set it to {safe}"
                )


def enabled(assembly: Assembly) -> Iterator[Finding]:
    """Rules, schedules and event sources do what they are there for."""
    for resource in assembly.resources("AWS::Events::Rule", "AWS::Scheduler::Schedule"):
        if resource.properties.get("State") == "DISABLED":
            yield resource.finding("posture.disabled", "State is DISABLED: enable it, or remove it")
    for resource in assembly.resources("AWS::Lambda::EventSourceMapping"):
        if is_false(resource.properties.get("Enabled")):
            yield resource.finding("posture.disabled", "Enabled is false: enable it, or remove it")


def _settings(resource: Resource) -> Iterator[tuple[str, object]]:
    yield from leaves(resource.properties)
    if resource.type == MACHINE:
        for name, state in states(definition(resource)):
            # States inside are walked on their own.
            outer: Mapping[str, object] = {
                key: value
                for key, value in state.items()
                if key not in ("Branches", "Iterator", "ItemProcessor")
            }
            yield from leaves(outer, f"state {name!r}")


RULES: tuple[Rule, ...] = (kept_on, kept_as, enabled)
