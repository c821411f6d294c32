"""Custom resources that are answered for when something else has ended: builds, executions.

The function starts it and returns; a rule calls it again at the end, and then it answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Template
from gate.finding import Finding
from gate.reading import leaves, number, text, texts
from gate.semantic.state_machine import machines
from gate.wiring.creation_order import made_before
from gate.wiring.targets import behind

# Whose events tell of the end, and the type of what ends.
_ENDING = {
    "aws.codebuild": "AWS::CodeBuild::Project",
    "aws.states": "AWS::StepFunctions::StateMachine",
}
_WAITS = 3600
_QUEUED, _BUILT = 480, 60
_MINUTE = 60


def answers_are_waited_for(assembly: Assembly) -> Iterator[Finding]:
    """CloudFormation waits for as long as what the answer depends on may take."""
    for _, asking, started, _ in _late(assembly):
        waits = number(asking.properties.get("ServiceTimeout", _WAITS))
        takes = _longest(assembly, started)
        if waits is not None and takes is not None and waits < takes:
            yield asking.finding(
                "wiring.answer-late",
                f"CloudFormation waits {waits:g} s for it, and {started.name} may be queued and "
                f"run for {takes:g} s: the stack fails while it still runs; set ServiceTimeout to "
                "that at least (3600 at most), or let it take less",
            )


def answers_are_heard_of(assembly: Assembly) -> Iterator[Finding]:
    """The rule that tells of the end, and its permission, are there when it is asked for."""
    for template, asking, _, rule in _late(assembly):
        before = made_before(template, asking)
        function = behind(assembly, text(asking.properties, "ServiceToken"))
        permissions = [
            other
            for other in template.resources.values()
            if other.type == "AWS::Lambda::Permission"
            and behind(assembly, text(other.properties, "FunctionName")) is function
            and assembly.at(text(other.properties, "SourceArn")) is rule
        ]
        for needed in (rule, *permissions):
            name = needed.logical_id
            if template.resources.get(name) is needed and name not in before:
                yield asking.finding(
                    "wiring.answer-unheard",
                    f"it does not wait for {name}, without which nobody hears that what it starts "
                    "has ended: CloudFormation waits in vain; add it to DependsOn",
                )


def _late(assembly: Assembly) -> Iterator[tuple[Template, Resource, Resource, Resource]]:
    """Each custom resource with what its function starts, and the rule that tells of its end."""
    rules = [
        (kind, rule, {behind(assembly, value) for value in texts(_arns(rule))})
        for rule in assembly.resources("AWS::Events::Rule")
        for source, kind in _ENDING.items()
        if source in texts(rule.properties, "EventPattern", "source")
    ]
    for template in assembly.templates:
        for asking in template.resources.values() if rules else ():
            token = text(asking.properties, "ServiceToken")
            function = behind(assembly, token) if token else None
            for kind, rule, targets in rules:
                if function is not None and function in targets:
                    for started in _named(assembly, asking, kind):
                        yield template, asking, started, rule


def _arns(rule: Resource) -> list[str]:
    return [str(value) for path, value in leaves(rule.properties.get("Targets")) if path == "Arn"]


def _named(assembly: Assembly, asking: Resource, kind: str) -> set[Resource]:
    found = (assembly.at(value, kind) for _, value in leaves(asking.properties))
    return {resource for resource in found if resource is not None}


def _longest(assembly: Assembly, started: Resource) -> float | None:
    """The seconds that it may take at most; None where it has no end."""
    if started.type != "AWS::CodeBuild::Project":
        machine = next((m for m in machines(assembly) if m.resource is started), None)
        return number(machine.definition.get("TimeoutSeconds")) if machine else None
    queued = number(started.properties.get("QueuedTimeoutInMinutes", _QUEUED))
    built = number(started.properties.get("TimeoutInMinutes", _BUILT))
    return None if queued is None or built is None else (queued + built) * _MINUTE


RULES = (answers_are_waited_for, answers_are_heard_of)
