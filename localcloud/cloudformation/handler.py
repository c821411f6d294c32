"""What a resource type of ours has to do, and how ministack calls it."""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
TAGS = "Tags"


@dataclass(frozen=True)
class Resource:
    """One resource of a stack: where it stands in the template, and what it says."""

    stack: str
    logical_id: str
    properties: Properties

    def name(self, key: str, max_length: int = 63) -> str:
        """The name that the template gives, else one made as CloudFormation makes them."""
        given = self.properties.get(key)
        if given:
            return str(given)
        return str(provisioners._physical_name(self.stack, self.logical_id, max_len=max_length))


@dataclass(frozen=True)
class Created:
    """What `Ref` and `Fn::GetAtt` answer for a resource."""

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Handler(Protocol):
    """The life of a resource type. Errors raised here fail the resource with their message."""

    def create(self, resource: Resource) -> Created:
        """Make the resource."""
        ...

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Change the resource in place; None where the change needs a replacement."""
        ...

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the resource. Nothing happens where it is gone already."""
        ...


def adapted(handler: Handler) -> dict[str, Any]:
    """The handler as a row of ministack's table."""

    def create(logical_id: str, properties: Properties, stack: str) -> tuple[str, dict[str, Any]]:
        return _answer(handler.create(Resource(stack, logical_id, properties)))

    def update(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> tuple[str, dict[str, Any]]:
        updated = handler.update(Resource(stack, logical_id, new), old, physical_id)
        if updated is not None:
            return _answer(updated)
        # Another physical id tells ministack to delete the old resource once all else is done.
        return provisioners._seeded_create(create, logical_id, new, stack)  # type: ignore[no-any-return]

    return {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": handler.delete,
    }


def changed(old: Properties, new: Properties, *, besides: frozenset[str]) -> bool:
    """True where a property differs that is not among `besides`."""
    return any(
        old.get(key) != new.get(key) for key in old.keys() | new.keys() if key not in besides
    )


def _answer(created: Created) -> tuple[str, dict[str, Any]]:
    attributes = created.attributes
    # A mapping of our own class answers for attributes that nobody listed: keep its class.
    return created.physical_id, attributes if isinstance(attributes, dict) else dict(attributes)
