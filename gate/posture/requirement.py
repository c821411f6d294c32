"""A rule that is one sentence: resources of a type have a property of which something holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_given, within


def always(_: Resource) -> bool:
    """Every resource of the type is meant."""
    return True


@dataclass(frozen=True)
class Requirement:
    """`holds` is asked of the property at `path`; `applies` says which resources are meant."""

    rule: str
    type: str
    path: str
    remedy: str
    holds: Callable[[object], bool] = is_given
    applies: Callable[[Resource], bool] = always

    def __call__(self, assembly: Assembly) -> Iterator[Finding]:
        """A finding for each resource of which it does not hold."""
        for resource in assembly.resources(self.type):
            value = within(resource.properties, self.path)
            if self.applies(resource) and not self.holds(value):
                found = "is not set" if value is None else f"is {_brief(value)}"
                yield resource.finding(self.rule, f"{self.path} {found}: {self.remedy}")


def _brief(value: object, longest: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= longest else f"{text[:longest]}…"
