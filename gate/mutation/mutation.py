"""A fault that a careless colleague would make, as a function of a template."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["schema", "semantic", "security", "reliability"]
Edit = Callable[[Json], None]


class NotHereError(LookupError):
    """The template, or the resource, has nothing that this fault could be made in."""


@dataclass(frozen=True)
class Mutation:
    """One fault. `mutate` gives a copy of the template with it, or raises NotHereError."""

    name: str
    kind: Kind
    fault: str
    mutate: Callable[[Json], Json]


MUTATIONS: dict[str, Mutation] = {}


def fault(kind: Kind, *types: str) -> Callable[[Edit], Edit]:
    """Register an edit of a resource's Properties; the first of `types` that it changes has it."""
    return _registered(kind, types, lambda resource: resource.setdefault("Properties", {}))


def attribute_fault(kind: Kind, *types: str) -> Callable[[Edit], Edit]:
    """Register an edit of a whole resource, with its policies and metadata."""
    return _registered(kind, types, lambda resource: resource)


def template_fault(kind: Kind) -> Callable[[Edit], Edit]:
    """Register an edit of a whole template."""

    def register(edit: Edit) -> Edit:
        def mutate(template: Json) -> Json:
            mutated = copy.deepcopy(template)
            _apply(edit, mutated)
            if mutated == template:
                raise NotHereError(edit.__name__)
            return mutated

        _register(kind, edit, mutate)
        return edit

    return register


def changed_resources(template: Json, mutated: Json) -> list[str]:
    """Logical ids of the resources that differ between the two."""
    before, after = template["Resources"], mutated["Resources"]
    names = [*before, *(name for name in after if name not in before)]
    return [name for name in names if before.get(name) != after.get(name)]


def _registered(
    kind: Kind, types: tuple[str, ...], part: Callable[[Json], Json]
) -> Callable[[Edit], Edit]:
    def register(edit: Edit) -> Edit:
        def mutate(template: Json) -> Json:
            for logical_id, resource in template["Resources"].items():
                if resource.get("Type") in types:
                    mutated = copy.deepcopy(resource)
                    if _applies(edit, part(mutated)) and mutated != resource:
                        resources = {**template["Resources"], logical_id: mutated}
                        return {**template, "Resources": resources}
            raise NotHereError(edit.__name__)

        _register(kind, edit, mutate)
        return edit

    return register


def _register(kind: Kind, edit: Edit, mutate: Callable[[Json], Json]) -> None:
    name = edit.__name__.replace("_", "-")
    assert name not in MUTATIONS, f"two mutations are named {name}"
    MUTATIONS[name] = Mutation(name, kind, (edit.__doc__ or "").strip(), mutate)


def _applies(edit: Edit, part: Json) -> bool:
    try:
        _apply(edit, part)
    except NotHereError:
        return False
    return True


def _apply(edit: Edit, part: Json) -> None:
    try:
        edit(part)
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
        # The edit reached for something that this template has not, or writes otherwise.
        raise NotHereError(edit.__name__) from error
