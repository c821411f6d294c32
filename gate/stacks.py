"""The stacks of one assembly, each with its resolver, and what they offer one another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gate.arguments import MalformedError
from gate.intrinsics import UNRESOLVED, Resolver
from gate.manifest import Source
from gate.physical import Place
from gate.reading import mapping

_NESTED = "AWS::CloudFormation::Stack"


class Stack:
    """One template and the values of its expressions. `connect` gives it its resolver."""

    resolver: Resolver

    def __init__(self, source: Source, raw: Mapping[str, Any]) -> None:
        self.source = source
        self.raw = raw
        self.name = source.stack
        self.place = Place(source.stack, source.account, source.region)

    def declared(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The resources that are made, as written."""
        for logical_id, resource in self.raw["Resources"].items():
            if self.resolver.is_made(logical_id):
                yield logical_id, resource

    def resolved(self, value: object) -> tuple[Any, list[str]]:
        """The value of an expression, and the references to nothing in it."""
        self.resolver.unresolved.clear()
        return self.resolver.resolve(value), list(self.resolver.unresolved)

    def unmet(self, resource: Mapping[str, Any]) -> list[str]:
        """What a resource depends on and the template does not declare."""
        depends = resource.get("DependsOn", [])
        names = map(str, depends if isinstance(depends, list) else [depends])
        return [f"DependsOn of {name}" for name in names if name not in self.raw["Resources"]]

    def outputs(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The outputs that are made, as written."""
        for name, output in mapping(self.raw.get("Outputs")).items():
            condition = mapping(output).get("Condition")
            try:
                if not isinstance(condition, str) or self.resolver.condition(condition):
                    yield name, mapping(output)
            except MalformedError:
                yield name, mapping(output)

    def broken_outputs(self) -> Iterator[tuple[str, list[str]]]:
        """The outputs that refer to nothing, each with what it refers to."""
        for name, output in self.outputs():
            _, missing = self.resolved(dict(output))
            if missing:
                yield name, missing

    def identifiers(self, logical_id: str) -> list[str]:
        """Every value that points at one resource."""
        try:
            return self.resolver.physical(logical_id).identifiers()
        except MalformedError:
            return []


class _Assembled:
    """What the stacks offer one another: exports, outputs, nested stacks, SSM parameters."""

    def __init__(self, stacks: Sequence[Stack], nested: Mapping[tuple[str, str], Stack]) -> None:
        self._stacks = stacks
        self._nested = nested
        # A template by itself: who exports what it imports is not at hand.
        self._alone = len(stacks) == 1
        self._exports: dict[tuple[str, str, str], tuple[Stack, str]] | None = None
        self._stored: dict[str, object] | None = None

    def exported(self, name: str, place: Place) -> object:
        if self._exports is None:
            self._exports = dict(self._find_exports())
        found = self._exports.get((place.account, place.region, name))
        if found is not None:
            return found[0].resolver.output(found[1])
        if self._alone:
            return f"{UNRESOLVED}{name}"
        raise MalformedError(name)

    def output(self, stack: str, name: str) -> object:
        for candidate in self._stacks:
            if candidate.name == stack:
                return candidate.resolver.output(name)
        if self._alone:
            return f"{UNRESOLVED}{name}"
        raise MalformedError(f"stack {stack}")

    def nested(self, parent: str, logical_id: str, name: str) -> object:
        found = self._nested.get((parent, logical_id))
        return found.resolver.output(name) if found else None

    def stored(self, name: str) -> object:
        if self._stored is None:
            self._stored = {}
            self._stored.update(self._find_stored())
        return self._stored.get(name)

    def _find_exports(self) -> Iterator[tuple[tuple[str, str, str], tuple[Stack, str]]]:
        for stack in self._stacks:
            for name, output in stack.outputs():
                export = mapping(output.get("Export")).get("Name")
                if export is not None:
                    exported = str(stack.resolver.resolve(export))
                    yield (stack.place.account, stack.place.region, exported), (stack, name)

    def _find_stored(self) -> Iterator[tuple[str, object]]:
        for stack in self._stacks:
            for _, resource in stack.declared():
                if resource.get("Type") == "AWS::SSM::Parameter":
                    properties = stack.resolver.resolve(mapping(resource.get("Properties")))
                    yield str(mapping(properties).get("Name")), mapping(properties).get("Value")


def connect(stacks: Sequence[Stack]) -> list[Stack]:
    """These stacks and those nested in them, each with its resolver."""
    found = list(stacks)
    nested: dict[tuple[str, str], Stack] = {}
    assembled = _Assembled(found, nested)
    for stack in stacks:
        stack.resolver = Resolver(stack.raw, stack.place, assembled)
    for parent in found:  # grows while it is walked: nested stacks nest too
        for logical_id, resource in parent.declared():
            child = _nested(parent, logical_id, resource)
            if child is not None:
                arguments, _ = parent.resolved(
                    mapping(resource.get("Properties")).get("Parameters")
                )
                child.resolver = Resolver(child.raw, child.place, assembled, mapping(arguments))
                nested[parent.name, logical_id] = child
                found.append(child)
    return found


def _nested(parent: Stack, logical_id: str, resource: Mapping[str, Any]) -> Stack | None:
    file = mapping(resource.get("Metadata")).get("aws:asset:path")
    if resource.get("Type") != _NESTED or not isinstance(file, str):
        return None
    path = parent.source.path.parent / file
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if path == parent.source.path or not isinstance(mapping(raw).get("Resources"), Mapping):
        return None
    source = Source(
        f"{parent.name}-{logical_id}", path, parent.source.account, parent.source.region
    )
    return Stack(source, raw)
