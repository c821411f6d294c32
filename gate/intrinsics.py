"""Resolves CloudFormation's expressions to the values that AWS would see.

A reference to nothing resolves to the text `unresolved:<what>`, and is recorded.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol

from gate.arguments import MalformedError, integer, items, short, text
from gate.cidr import blocks
from gate.parameters import parameter_value
from gate.physical import Physical, Place
from gate.reading import mapping

UNRESOLVED: Final = "unresolved:"
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")


class NoValue:
    """The value of `AWS::NoValue`: whatever holds it is left out."""


NO_VALUE: Final = NoValue()


class Neighbours(Protocol):
    """What the other stacks of an assembly offer to one of them."""

    def exported(self, name: str, place: Place) -> object:
        """What is exported under `name` in the same environment; MalformedError if nothing is."""

    def output(self, stack: str, name: str) -> object:
        """The output `name` of another stack; MalformedError if there is none."""

    def nested(self, parent: str, logical_id: str, name: str) -> object:
        """The output `name` of a nested stack, None where its template is not at hand."""

    def stored(self, name: str) -> object:
        """The value of the SSM parameter that the assembly makes under `name`, else None."""


class Resolver:
    """The expressions of one template.

    `arguments` are the values of its parameters, where it is a nested stack.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        place: Place,
        neighbours: Neighbours,
        arguments: Mapping[str, object] | None = None,
    ) -> None:
        self.place = place
        self.unresolved: dict[str, None] = {}
        self._sections = {
            name: mapping(template.get(name))
            for name in ("Resources", "Parameters", "Mappings", "Conditions", "Outputs")
        }
        self._neighbours = neighbours
        self._arguments = arguments or {}
        self._physical: dict[str, Physical] = {}
        self._active: set[str] = set()
        self._pseudo: dict[str, object] = {
            "AWS::AccountId": place.account,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": [],
            "AWS::Partition": place.partition,
            "AWS::Region": place.region,
            "AWS::StackId": f"arn:{place.partition}:cloudformation:{place.region}:{place.account}"
            f":stack/{place.stack}/00000000-0000-4000-8000-000000000000",
            "AWS::StackName": place.stack,
            "AWS::URLSuffix": place.suffix,
        }
        self._functions: dict[str, Callable[[Any], object]] = {
            "Ref": self._ref,
            "Fn::And": lambda tests: all(self._truth(test) for test in items(tests)),
            "Fn::Base64": lambda value: base64.b64encode(self._text(value).encode()).decode(),
            "Fn::Cidr": self._cidr,
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": self._zones,
            "Fn::GetAtt": self._get_att,
            "Fn::GetStackOutput": self._stack_output,
            "Fn::If": self._if,
            "Fn::ImportValue": self._import,
            "Fn::Join": self._join,
            "Fn::Length": lambda value: len(self._items(value)),
            "Fn::Not": lambda tests: not self._truth(items(tests, 1)[0]),
            "Fn::Or": lambda tests: any(self._truth(test) for test in items(tests)),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
            "Fn::ToJsonString": lambda value: json.dumps(self.resolve(value)),
            "Fn::Transform": lambda _: "transformed",
        }

    def resolve(self, value: object) -> Any:
        """`value` with every expression in it resolved, and what is `AWS::NoValue` left out."""
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name in self._functions:
                return self._call(name, argument)
        pairs = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in pairs.items() if item is not NO_VALUE}

    def condition(self, name: str) -> bool:
        """Whether a condition holds; MalformedError where it is not declared."""
        if name not in self._sections["Conditions"]:
            raise MalformedError(f"condition {name}")
        with self._inside(f"condition {name}"):
            return self._truth(self._sections["Conditions"][name])

    def is_made(self, logical_id: str) -> bool:
        """Whether the template declares this resource, and its condition holds."""
        resource = self._sections["Resources"].get(logical_id)
        if not isinstance(resource, Mapping):
            return False
        name = resource.get("Condition")
        if not isinstance(name, str):
            return True
        try:
            return self.condition(name)
        except MalformedError as error:
            self.record(str(error))
            return True

    def physical(self, logical_id: str) -> Physical:
        """The physical identity of a resource that the template declares."""
        if logical_id not in self._physical:
            resource = self._sections["Resources"][logical_id]
            properties = mapping(resource.get("Properties"))
            self._physical[logical_id] = Physical(
                self.place,
                logical_id,
                str(resource.get("Type")),
                lambda key: self._own_property(logical_id, properties, key),
            )
        return self._physical[logical_id]

    def output(self, name: str) -> object:
        """The value of an output; MalformedError where the template makes none of this name."""
        declared = self._sections["Outputs"].get(name)
        if not isinstance(declared, Mapping):
            raise MalformedError(f"output {name} of stack {self.place.stack}")
        with self._inside(f"output {name}"):
            return self.resolve(declared.get("Value"))

    def record(self, what: str) -> str:
        """Keep a reference to nothing; returns the text that stands for its value."""
        self.unresolved[what] = None
        return f"{UNRESOLVED}{what}"

    def _call(self, name: str, argument: object) -> object:
        try:
            return self._functions[name](argument)
        except MalformedError as error:
            return self.record(f"{name} of {error}")

    @contextmanager
    def _inside(self, what: str) -> Iterator[None]:
        """Refuses to work out what is being worked out already."""
        if what in self._active:
            raise MalformedError(f"{what}, which refers to itself")
        self._active.add(what)
        try:
            yield
        finally:
            self._active.remove(what)

    def _own_property(self, logical_id: str, properties: Mapping[str, Any], key: str) -> object:
        if key not in properties:
            return None
        with self._inside(f"{logical_id}.{key}"):
            value = self.resolve(properties[key])
        return None if value is NO_VALUE else value

    def _text(self, value: object) -> str:
        return text(self.resolve(value))

    def _items(self, value: object) -> list[Any]:
        return items(self.resolve(value))

    def _truth(self, value: object) -> bool:
        if isinstance(value, dict) and len(value) == 1 and "Condition" in value:
            return self.condition(text(value["Condition"]))
        resolved = self.resolve(value)
        if isinstance(resolved, str):
            return resolved != "false"
        if isinstance(resolved, bool):
            return resolved
        raise MalformedError(short(value))

    def _ref(self, argument: object) -> object:
        name = text(argument)
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._sections["Parameters"]:
            return self._parameter(name)
        if self.is_made(name):
            return self.physical(name).ref
        raise MalformedError(name)

    def _parameter(self, name: str) -> object:
        if name in self._arguments:
            return self._arguments[name]
        declared = mapping(self._sections["Parameters"][name])
        return parameter_value(name, declared, self._neighbours.stored)

    def _get_att(self, argument: object) -> object:
        parts = argument.split(".", 1) if isinstance(argument, str) else items(argument, 2)
        name, attribute = text(parts[0]), ".".join(self._text(part) for part in parts[1:])
        if not attribute or not self.is_made(name):
            raise MalformedError(f"{name}.{attribute}")
        if attribute.startswith("Outputs."):
            output = attribute.removeprefix("Outputs.")
            found = self._neighbours.nested(self.place.stack, name, output)
            if found is not None:
                return found
        return self.physical(name).attribute(attribute)

    def _sub(self, argument: object) -> str:
        if isinstance(argument, str):
            argument = [argument, {}]
        first, second = items(argument, 2)
        pattern, declared = text(first), mapping(second)
        given = {name: self._text(value) for name, value in declared.items()}

        def substitute(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            if name.strip() in given:
                return given[name.strip()]
            return self._text({"Fn::GetAtt" if "." in name else "Ref": name.strip()})

        return _VARIABLE.sub(substitute, pattern)

    def _join(self, argument: object) -> str:
        delimiter, parts = items(argument, 2)
        return text(delimiter).join(text(part) for part in self._items(parts))

    def _split(self, argument: object) -> list[str]:
        delimiter, value = items(argument, 2)
        whole, separator = self._text(value), _separator(delimiter)
        # Of what is not known each part is as little known.
        return [whole] if UNRESOLVED in whole else whole.split(separator)

    def _select(self, argument: object) -> object:
        index, values = items(argument, 2)
        place, found = integer(self.resolve(index)), self._items(values)
        if len(found) == 1 and UNRESOLVED in str(found[0]):
            return found[0]
        if not 0 <= place < len(found):
            raise MalformedError(f"item {place} of {len(found)}")
        return found[place]

    def _if(self, argument: object) -> object:
        name, then, otherwise = items(argument, 3)
        return self.resolve(then if self.condition(text(name)) else otherwise)

    def _equals(self, argument: object) -> bool:
        left, right = items(argument, 2)
        return _comparable(self.resolve(left)) == _comparable(self.resolve(right))

    def _find_in_map(self, argument: object) -> object:
        keys = items(argument, 3, 4)
        found: object = self._sections["Mappings"]
        for key in keys[:3]:
            found = mapping(found).get(self._text(key))
        if found is not None:
            return found
        if len(keys) > 3 and "DefaultValue" in mapping(keys[3]):  # noqa: PLR2004 - map, key, key
            return self.resolve(keys[3]["DefaultValue"])
        raise MalformedError(short(argument))

    def _zones(self, argument: object) -> list[str]:
        region = self._text(argument) or self.place.region
        return [f"{region}{zone}" for zone in "abc"]

    def _cidr(self, argument: object) -> list[str]:
        block, count, *bits = items(self.resolve(argument), 2, 3)
        return blocks(text(block), integer(count), integer(bits[0]) if bits else None)

    def _import(self, argument: object) -> object:
        return self._neighbours.exported(self._text(argument), self.place)

    def _stack_output(self, argument: object) -> object:
        asked = mapping(argument)
        stack, name = self._text(asked.get("StackName")), self._text(asked.get("OutputName"))
        return self._neighbours.output(stack, name)


def _separator(value: object) -> str:
    if text(value) == "":
        raise MalformedError("an empty delimiter")
    return text(value)


def _comparable(value: object) -> object:
    """CloudFormation compares texts."""
    return json.dumps(value).lower() if isinstance(value, bool) else str(value)
