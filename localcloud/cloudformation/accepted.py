"""Types that nothing emulates: accepted, kept as a record, and listed by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud import iam, notimplemented
from localcloud.cloudformation.handler import Created, Properties, Resource
from localcloud.notimplemented import NotEmulated


class AnyAttribute(dict[str, Any]):
    """Attributes of a record: every name has a plausible value, made from the resource's id."""

    def __init__(self, type_name: str, physical_id: str) -> None:
        super().__init__()
        self.type_name = type_name
        self.physical_id = physical_id

    def __bool__(self) -> bool:
        # Empty as a dict, but not to be replaced by an empty one.
        return True

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(name)

    def __missing__(self, name: str) -> str:
        service = self.type_name.split("::")[1].lower()
        if name.lower().endswith("arn"):
            return iam.arn(service, self.physical_id)
        return f"{self.physical_id}-{name.lower().replace('.', '-')}"

    def __deepcopy__(self, memo: dict[int, Any]) -> AnyAttribute:
        return AnyAttribute(self.type_name, self.physical_id)


@dataclass(frozen=True)
class AcceptedResource:
    """The life of a record."""

    type_name: str

    def create(self, resource: Resource) -> Created:
        """Keep and list the record."""
        notimplemented.record(NotEmulated(resource.stack, resource.logical_id, self.type_name))
        physical_id = resource.name("Name")
        _records[physical_id] = (resource.stack, resource.logical_id)
        return Created(physical_id, AnyAttribute(self.type_name, physical_id))

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Nothing to change: the record keeps its id."""
        del resource, previous
        return Created(physical_id, AnyAttribute(self.type_name, physical_id))

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Take the record off the list."""
        del properties
        found = _records.pop(physical_id, None)
        if found is not None:
            notimplemented.forget(NotEmulated(*found, self.type_name))


_records: dict[str, tuple[str, str]] = {}
