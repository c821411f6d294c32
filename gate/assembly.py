"""A cloud assembly as AWS would see it: every template with its expressions resolved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.finding import Finding
from gate.manifest import Source, find_templates
from gate.reading import mapping
from gate.stacks import Stack, connect

_NOT_ATTRIBUTES = ("Type", "Properties")


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of one stack."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    raw: Mapping[str, Any]

    @property
    def name(self) -> str:
        """How the report names it."""
        return f"{self.stack}/{self.logical_id}"

    def finding(self, rule: str, reason: str) -> Finding:
        """Something that is wrong with it."""
        return Finding(rule, self.name, reason)


@dataclass(frozen=True, eq=False)
class Template:
    """One stack's template."""

    stack: str
    path: Path
    raw: Mapping[str, Any]
    resources: Mapping[str, Resource]
    account: str
    region: str


@dataclass(frozen=True, eq=False)
class Assembly:
    """Every template of a folder.

    `faults` is what could not be read: templates that are none, references to nothing.
    """

    folder: Path
    templates: Sequence[Template]
    faults: Sequence[Finding]
    _index: Mapping[str, Sequence[Resource]]

    @classmethod
    def read(cls, folder: Path) -> Assembly:
        """A `cdk.out` (with its stages), or any folder of `*.template.json`; else AssemblyError."""
        readings = [_read(source) for source in find_templates(folder)]
        faults = [reading for reading in readings if isinstance(reading, Finding)]
        stacks = connect([reading for reading in readings if isinstance(reading, Stack)])
        templates, index = [], dict[str, list[Resource]]()
        for stack in stacks:
            templates.append(_concrete(stack, faults))
            for resource in templates[-1].resources.values():
                for value in stack.identifiers(resource.logical_id):
                    index.setdefault(value, []).append(resource)
        return cls(folder, templates, sorted(set(faults)), index)

    def resources(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, of all stacks; all of them where no type is named."""
        for template in self.templates:
            for resource in template.resources.values():
                if not types or resource.type in types:
                    yield resource

    def at(self, value: object, *types: str) -> Resource | None:
        """The resource that an ARN, physical name or URL in some property points at.

        An ARN below a resource's own (an object of a bucket, a version of a function) points at
        that resource. `types` says which may be meant: names of two types may be the same.
        """
        if not isinstance(value, str):
            return None
        for candidate in _addresses(value):
            for resource in self._index.get(candidate, ()):
                if not types or resource.type in types:
                    return resource
        return None

    def asset(self, resource: Resource) -> Path | None:
        """The folder or zip of a Lambda's code; None where it is inline, or not in the assembly."""
        template = next(
            t for t in self.templates if t.resources.get(resource.logical_id) is resource
        )
        return _code_path(template, resource)


Rule = Callable[[Assembly], Iterable[Finding]]


def _read(source: Source) -> Stack | Finding:
    try:
        raw = json.loads(source.path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        return Finding(
            "template.unreadable",
            source.stack,
            f"found {error}; expected a template in JSON; synthesise {source.path.name} anew",
        )
    if not isinstance(mapping(raw).get("Resources"), Mapping):
        return Finding(
            "template.unreadable",
            source.stack,
            f"found no Resources; expected a template; synthesise {source.path.name} anew",
        )
    return Stack(source, raw)


def _concrete(stack: Stack, faults: list[Finding]) -> Template:
    """The template with its expressions resolved; adds references to nothing to `faults`."""
    resources = {}
    for logical_id, declared in stack.declared():
        properties, attributes = mapping(declared.get("Properties")), _attributes(declared)
        concrete, missing = stack.resolved(properties)
        others, also_missing = stack.resolved(attributes)
        resource = Resource(
            stack.name,
            logical_id,
            str(declared.get("Type", "")),
            mapping(concrete),
            {**mapping(others), **_literal(declared)},
            properties,
        )
        resources[logical_id] = resource
        faults += [_dangling(resource.name, what) for what in missing + also_missing]
        faults += [_dangling(resource.name, name) for name in stack.unmet(declared)]
    for name, missing in stack.broken_outputs():
        faults += [_dangling(f"{stack.name}/Outputs.{name}", what) for what in missing]
    source = stack.source
    return Template(stack.name, source.path, stack.raw, resources, source.account, source.region)


def _attributes(declared: Mapping[str, Any]) -> dict[str, Any]:
    skipped = (*_NOT_ATTRIBUTES, "Metadata", "Condition")
    return {key: value for key, value in declared.items() if key not in skipped}


def _literal(declared: Mapping[str, Any]) -> dict[str, Any]:
    return {key: declared[key] for key in ("Metadata", "Condition") if key in declared}


def _dangling(where: str, what: str) -> Finding:
    return Finding(
        "template.reference",
        where,
        f"found {what}; expected something that the assembly makes; mend the reference",
    )


def _addresses(value: str) -> Iterator[str]:
    """`value`, and what it may lie below, the longest first."""
    yield value
    bucket = value.removeprefix("s3://").split("/", 1)[0]
    if value.startswith("s3://"):
        yield bucket
    if not value.startswith("arn:"):
        # An image's URI: repository, then tag or digest.
        yield value.split("@", 1)[0].rsplit(":", 1)[0]
        return
    yield f"{value}:*"
    while value.count(":") > 4:  # noqa: PLR2004 - below this it is no ARN
        cut = max(value.rfind("/"), value.rfind(":"))
        value = value[:cut]
        yield value
        yield f"{value}:*"


def _code_path(template: Template, resource: Resource) -> Path | None:
    folder = template.path.parent
    named = mapping(resource.attributes.get("Metadata")).get("aws:asset:path")
    key = mapping(resource.properties.get("Code", resource.properties.get("Content"))).get("S3Key")
    found = []
    if isinstance(key, str):
        found += [path for path, keys in asset_files(folder) if key in keys]
    if isinstance(named, str):
        found.append(folder / named)
    return next((path for path in found if path.exists()), None)


def asset_files(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Every file asset of an assembly's folder: its source, and the keys it is uploaded under."""
    for manifest in sorted(folder.glob("*.assets.json")):
        try:
            files = mapping(mapping(json.loads(manifest.read_text(encoding="utf-8"))).get("files"))
        except ValueError:
            continue  # gate/assets.py reports it
        for file in files.values():
            source = mapping(mapping(file).get("source")).get("path")
            places = mapping(mapping(file).get("destinations")).values()
            if isinstance(source, str):
                yield folder / source, [str(mapping(place).get("objectKey")) for place in places]
