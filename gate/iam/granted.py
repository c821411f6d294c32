"""What each role of a stage may do, in names that hold for every stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gate.assembly import Assembly, Resource
from gate.iam.canonical import NAMED_BY_AWS, Names, short_name
from gate.iam.documents import Stated, statements_of_role
from gate.iam.evidence import Call
from gate.physical import Physical, Place
from gate.reading import texts
from gate.wiring.conditions import hold
from gate.wiring.glob import covers
from gate.wiring.policies import statements_of

_PREFIX = "tidewatch"


@dataclass(frozen=True)
class Role:
    """A role, who may assume it, and its statements; `place` is `<stack>/<logical id>`."""

    place: str
    resource: Resource
    services: frozenset[str]
    managed: tuple[str, ...]
    statements: tuple[Stated, ...]

    def may(self, call: Call) -> bool:
        """Whether its statements allow a call, and none denies it."""
        meant = [stated for stated in self.statements if is_about(stated, call)]
        return any(stated.allows for stated in meant) and all(stated.allows for stated in meant)

    def without(self, statement: Stated) -> Role:
        """The same role without one of its statements."""
        kept = tuple(stated for stated in self.statements if stated is not statement)
        return replace(self, statements=kept)


def is_about(stated: Stated, call: Call) -> bool:
    """Whether a statement speaks of a call."""
    return (
        any(covers(action.lower(), call.action.lower()) for action in stated.actions)
        and any(covers(resource, call.resource) for resource in stated.resources)
        and hold(stated.condition, dict(call.context)) is True
    )


def roles_of(assembly: Assembly, stage: str) -> list[Role]:
    """The roles of one stage's stacks."""
    return [
        _role(assembly, stage, resource)
        for resource in assembly.resources("AWS::IAM::Role")
        if resource.stack.startswith(f"{_PREFIX}-{stage}-")
    ]


def names_of(assembly: Assembly, stage: str, stack: str) -> Names:
    """The names of a stage, as the templates have them; account and region are the stack's."""
    template = next(template for template in assembly.templates if template.stack == stack)
    own = {
        place_of(resource, stage).replace("/", "."): short_name(_physical(assembly, resource).ref)
        for resource in assembly.resources(*NAMED_BY_AWS)
    }
    return Names(template.account, template.region, stage, own)


def place_of(resource: Resource, stage: str) -> str:
    """`<stack>/<logical id>`, the stack without its stage."""
    return f"{resource.stack.removeprefix(f'{_PREFIX}-{stage}-')}/{resource.logical_id}"


def _role(assembly: Assembly, stage: str, resource: Resource) -> Role:
    names = names_of(assembly, stage, resource.stack)
    trust = statements_of(resource.properties.get("AssumeRolePolicyDocument"))
    return Role(
        place=place_of(resource, stage),
        resource=resource,
        services=frozenset(_services(trust)),
        managed=tuple(
            short_name(policy)
            for policy in texts(resource.properties.get("ManagedPolicyArns"))
            if assembly.at(policy, "AWS::IAM::ManagedPolicy") is None
        ),
        statements=tuple(
            Stated(stated.owner, _renamed(stated.statement, names))
            for stated in statements_of_role(assembly, resource)
        ),
    )


def _services(trust: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    for statement in trust:
        principal = statement.get("Principal")
        if isinstance(principal, Mapping):
            yield from texts(principal.get("Service"))


def _physical(assembly: Assembly, resource: Resource) -> Physical:
    template = next(item for item in assembly.templates if item.stack == resource.stack)
    place = Place(resource.stack, template.account, template.region)
    return Physical(place, resource.logical_id, resource.type, resource.properties.get)


def _renamed(value: Any, names: Names) -> Any:
    if isinstance(value, str):
        return names.removed_from(value)
    if isinstance(value, Mapping):
        return {key: _renamed(item, names) for key, item in value.items()}
    return [_renamed(item, names) for item in value] if isinstance(value, list | tuple) else value
