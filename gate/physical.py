"""The physical identity of a resource: its name, its `Ref` and its attributes."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from gate.identities import IDENTITIES, Identity

_LONGEST_NAME = 63


@dataclass(frozen=True)
class Place:
    """Where a stack stands: its name and its environment."""

    stack: str
    account: str
    region: str

    @property
    def partition(self) -> str:
        """The partition that the region belongs to."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @property
    def suffix(self) -> str:
        """The domain of the partition's services."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


@dataclass(frozen=True)
class Physical:
    """One resource as AWS would name it.

    `property_of` gives the resolved value of one of its properties, None where it has none.
    """

    place: Place
    logical_id: str
    type: str
    property_of: Callable[[str], object]

    @cached_property
    def name(self) -> str:
        """The physical name: the declared one, else one made of stack and logical id."""
        for key in self._naming_properties:
            found = self._property(key)
            if isinstance(found, str) and found:
                return found
        return generated_name(self.place.stack, self.logical_id)

    @cached_property
    def ref(self) -> str:
        """What `Ref` of the resource gives."""
        return self._format(self._identity.ref)

    @cached_property
    def arn(self) -> str:
        """The resource's ARN; by convention where its type has no row."""
        if self._identity.arn:
            return self._format(self._identity.arn)
        _, service, kind = self._words
        return self._format(
            f"arn:{{partition}}:{service.lower()}:{{region}}:{{account}}:{kind.lower()}/{{name}}"
        )

    def attribute(self, attribute: str) -> object:
        """What `Fn::GetAtt` of the resource gives for `attribute`."""
        known = self._identity.attributes.get(attribute)
        if known is not None:
            return self._format(known)
        if attribute in self._own_arns:
            return self.arn
        declared = self._property(attribute)
        if declared is not None:
            return declared
        return self._conventional(attribute)

    def identifiers(self) -> list[str]:
        """Every value that points at this resource and at no other."""
        known = [self._format(text) for text in self._identity.attributes.values()]
        identity = {self.name, self.ref, self.arn, *known}
        own = (self.name, self._fields["id"], self._fields["uuid"])
        return sorted(text for text in identity if any(mark in text for mark in own))

    @property
    def _identity(self) -> Identity:
        return IDENTITIES.get(self.type) or Identity()

    @property
    def _words(self) -> tuple[str, str, str]:
        words = [*self.type.split("::"), "", ""][:3]
        return words[0], words[1] or "resource", words[2] or "resource"

    @property
    def _naming_properties(self) -> list[str]:
        if self.type in IDENTITIES:
            return [self._identity.name] if self._identity.name else []
        return [f"{self._words[2]}Name", "Name"]

    @property
    def _own_arns(self) -> set[str]:
        return {"Arn", "ARN", f"{self._words[2]}Arn", f"{self._words[1]}Arn"}

    @property
    def _fields(self) -> Mapping[str, str]:
        digest = hashlib.sha256(f"{self.place.stack}/{self.logical_id}".encode()).hexdigest()
        return {
            "id": digest[:12],
            "uuid": str(uuid.UUID(digest[:32], version=4)),
            "stack": self.place.stack,
            "account": self.place.account,
            "region": self.place.region,
            "partition": self.place.partition,
            "suffix": self.place.suffix,
        }

    def _property(self, path: str) -> object:
        first, *rest = path.split(".")
        value = self.property_of(first)
        for key in rest:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _format(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda field: self._field(field[1]), text)

    def _field(self, field: str) -> str:
        own = {"name": lambda: self.name, "ref": lambda: self.ref, "arn": lambda: self.arn}
        if field in own:
            return own[field]()
        if field in self._fields:
            return self._fields[field]
        if field == "path":
            return str(self._property("Path") or "/")
        value = str(self._property(field) or self.name)
        # `FunctionName` takes an ARN as well as a name.
        return value.rsplit(":", 1)[-1] if field == "FunctionName" else value

    def _conventional(self, attribute: str) -> str:
        if attribute.lower().endswith("arn"):
            return f"{self.arn}/{attribute.lower()}"
        if attribute.lower().endswith(("endpoint", "url")):
            host = f"{self._fields['id']}.{self._words[1].lower()}"
            return f"https://{host}.{self.place.region}.{self.place.suffix}"
        return f"{self.name}-{re.sub(r'[^A-Za-z0-9]+', '-', attribute).lower()}"


def generated_name(stack: str, logical_id: str) -> str:
    """A name that every service takes, and that no other resource of the assembly has."""
    plain = re.sub(r"[^a-z0-9]+", "-", f"{stack}-{logical_id}".lower()).strip("-")
    if len(plain) <= _LONGEST_NAME:
        return plain
    digest = hashlib.sha256(f"{stack}/{logical_id}".encode()).hexdigest()[:8]
    return f"{plain[: _LONGEST_NAME - 9]}-{digest}"
