"""Nothing waits for itself: neither resources of a stack, nor stacks of an assembly."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from gate.assembly import Assembly, Template
from gate.finding import Finding
from gate.reading import at, fields, mapping, text, texts
from gate.wiring.creation_order import awaited

_STACK = "aws:cloudformation:stack"
_Graph = Mapping[str, set[str]]


def resources_end_their_waiting(assembly: Assembly) -> Iterator[Finding]:
    """Resources that wait for each other, by what they refer to or by DependsOn."""
    for template in assembly.templates:
        graph = {
            name: {other for other in awaited(resource) if other in template.resources}
            for name, resource in template.resources.items()
            if "'Fn::If'" not in str(resource.raw)  # what it refers to depends
        }
        for circle in _circles(graph):
            yield template.resources[circle[0]].finding(
                "wiring.circle",
                f"it waits for itself: {' -> '.join([*circle, circle[0]])}; CloudFormation refuses "
                "the stack; take out one of these DependsOn or references",
            )


def stacks_end_their_waiting(assembly: Assembly) -> Iterator[Finding]:
    """Stacks that wait for each other, by imports or by the order that the manifest asks for."""
    for circle in _circles(_stacks(assembly)):
        yield Finding(
            "wiring.circle",
            circle[0],
            f"the stack needs itself first: {' -> '.join([*circle, circle[0]])}; none of them can "
            "be deployed; pass the value one way only",
        )


def _stacks(assembly: Assembly) -> _Graph:
    exported = {
        (template.account, template.region, name): template.stack
        for template in assembly.templates
        for name in _exports(template)
    }
    graph: dict[str, set[str]] = {template.stack: set() for template in assembly.templates}
    for template in assembly.templates:
        for name in _imports(template):
            owner = exported.get((template.account, template.region, name))
            if owner is not None:
                graph[template.stack].add(owner)
    files = {template.path.resolve(): template.stack for template in assembly.templates}
    for folder in {template.path.parent for template in assembly.templates}:
        for waiting, first in _ordered(folder):
            if waiting in files and first in files:
                graph[files[waiting]].add(files[first])
    return graph


def _exports(template: Template) -> Iterator[str]:
    for output in mapping(template.raw.get("Outputs")).values():
        name = text(output, "Export", "Name")
        if name:
            yield name


def _imports(template: Template) -> Iterator[str]:
    """The names of imports as written; one that is an expression is not followed."""
    for key, value in fields(template.raw):
        if key == "Fn::ImportValue" and isinstance(value, str):
            yield value


def _ordered(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Templates of a manifest with those that it says are deployed before them."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    stacks = {
        name: (folder / text(artifact, "properties", "templateFile")).resolve()
        for name, artifact in mapping(at(manifest, "artifacts")).items()
        if text(artifact, "type") == _STACK
    }
    for name, path in stacks.items():
        for first in texts(manifest, "artifacts", name, "dependencies"):
            if first in stacks:
                yield path, stacks[first]


def _circles(graph: _Graph) -> Iterator[list[str]]:
    """Circles that share no name, each from its least name on."""
    told: set[str] = set()
    for start in sorted(graph):
        if start not in told:
            circle = _back_to(graph, start)
            told.update(circle)
            if circle:
                yield circle


def _back_to(graph: _Graph, start: str) -> list[str]:
    """The shortest way from a name to itself; empty where there is none."""
    before: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        name = waiting.popleft()
        for other in sorted(graph.get(name, ())):
            if other == start:
                return _way(before, start, name)
            if other not in before:
                before[other] = name
                waiting.append(other)
    return []


def _way(before: Mapping[str, str], start: str, end: str) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]


RULES = (resources_end_their_waiting, stacks_end_their_waiting)
