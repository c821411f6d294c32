"""What policies are conditioned by: what a role may publish says what somebody publishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly
from gate.reading import mapping, texts

_POLICIES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role")


def condition_values(assembly: Assembly, key: str) -> frozenset[str]:
    """The values of a condition key such as `cloudwatch:namespace`, in all policies of roles."""
    return frozenset(
        value
        for resource in assembly.resources(*_POLICIES)
        for value in _values(resource.properties, key)
    )


def _values(value: object, key: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for keys in mapping(value.get("Condition")).values():
            for name, values in mapping(keys).items():
                if name.lower() == key:
                    yield from texts(values)
        for item in value.values():
            yield from _values(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, key)
