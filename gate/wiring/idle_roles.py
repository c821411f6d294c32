"""A role that is made for a service is handed to it by somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import mappings, texts, within
from gate.wiring.arns import arn_of

_ROLE = "AWS::IAM::Role"
_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
# Services that work under a role only where something hands them one.
_HANDED = {
    f"{name}.amazonaws.com"
    for name in (
        "codebuild",
        "codepipeline",
        "events",
        "firehose",
        "lambda",
        "pipes",
        "scheduler",
        "states",
        "vpc-flow-logs",
    )
}


def roles_are_handed_over(assembly: Assembly) -> Iterator[Finding]:
    """A service's role that nothing names: what was to run under it runs under another's."""
    named = _everything_named(assembly)
    for role in assembly.resources(_ROLE):
        services = _trusted(role)
        # Whoever uses a role from elsewhere knows it by a name of its own.
        if not services or not services <= _HANDED or "RoleName" in role.properties:
            continue
        arn = arn_of(assembly, role)
        is_named = arn in named or f'"{arn.rpartition("/")[2]}"' in named
        if not is_named and not _is_put_out(assembly, role):
            yield role.finding(
                "wiring.role-idle",
                f"it is for {', '.join(sorted(services))}, and nothing hands it over: what was to "
                "run under it has another's role, or is gone; mend that, or remove the role",
            )


def _everything_named(assembly: Assembly) -> str:
    """All that resources say, but for which roles a policy is of, and what roles say."""
    said = []
    for resource in assembly.resources():
        if resource.type == _ROLE:
            continue
        left_out = {"Roles"} if resource.type in _POLICIES else set()
        said.append(
            {key: value for key, value in resource.properties.items() if key not in left_out}
        )
    return json.dumps(said, ensure_ascii=False, default=str)


def _trusted(role: Resource) -> set[str]:
    """The services that may assume it; none where anybody else may too."""
    found: set[str] = set()
    for statement in mappings(within(role.properties, "AssumeRolePolicyDocument.Statement")):
        services = texts(statement, "Principal", "Service")
        principal = statement.get("Principal")
        if not services or not isinstance(principal, dict) or set(principal) != {"Service"}:
            return set()
        found.update(services)
    return found


def _is_put_out(assembly: Assembly, role: Resource) -> bool:
    """Whether an output of its stack tells others of it."""
    return any(
        f'"{role.logical_id}"' in json.dumps(template.raw.get("Outputs", {}))
        for template in assembly.templates
        if template.stack == role.stack
    )


RULES = (roles_are_handed_over,)
