"""A fault in its place: which template of which stage, and which resources it changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gate.manifest import find_templates
from gate.mutation.mutation import Json, Mutation, NotHereError, changed_resources


@dataclass(frozen=True)
class Mutant:
    """One mutated template. `path` is the template's, below the assembly's folder."""

    name: str
    stage: str
    stack: str
    path: Path
    resources: tuple[str, ...]
    template: Json


def first_mutant(mutation: Mutation, assemblies: Mapping[str, Path]) -> Mutant | None:
    """The mutation where it applies first, in the order of stages and stacks; None if nowhere."""
    for stage, folder in assemblies.items():
        for source in sorted(find_templates(folder), key=lambda source: source.stack):
            template = json.loads(source.path.read_text(encoding="utf-8"))
            try:
                mutated = mutation.mutate(template)
            except NotHereError:
                continue
            changed = tuple(changed_resources(template, mutated))
            path = source.path.relative_to(folder)
            return Mutant(mutation.name, stage, source.stack, path, changed, mutated)
    return None


def mutants(
    mutations: Iterable[Mutation], assemblies: Mapping[str, Path]
) -> tuple[list[Mutant], list[str]]:
    """Each mutation's first mutant, and the names of mutations that apply nowhere."""
    found, nowhere = [], []
    for mutation in mutations:
        mutant = first_mutant(mutation, assemblies)
        if mutant is None:
            nowhere.append(mutation.name)
        else:
            found.append(mutant)
    return found, nowhere
