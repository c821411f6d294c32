"""What jobs of one run hand on to each other: it is written, and by then it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import text
from gate.semantic.integration import integration_of
from gate.semantic.state_machine import Machine, Scope, machines, transitions
from gate.wiring.arns import arn_of
from gate.wiring.permissions import permissions_of
from gate.wiring.workload_data import read, written
from gate.wiring.workloads import Workload, workloads

# What runs under the machine's own role, or under those that its requests name.
_WITHOUT_CODE = {"sagemaker", "s3", "sns", "sqs", "events", "dynamodb", "applicationautoscaling"}


def jobs_read_what_is_written(assembly: Assembly) -> Iterator[Finding]:
    """A job that reads a folder of its run into which nothing and nobody may have written."""
    known = {machine.resource for machine in machines(assembly) if _is_known(assembly, machine)}
    found = [workload for workload in workloads(assembly) if workload.owner in known]
    folders = {folder for workload in workloads(assembly) for folder in _folders(written(workload))}
    for workload in found:
        ours = {
            folder
            for other in found
            if other.owner is workload.owner
            for folder in _folders(written(other))
        }
        for folder in _folders(read(workload)):
            beside = sorted(other for other in ours if _run(other) == _run(folder))
            if not beside or any(_is_one(folder, other) for other in folders):
                continue
            if not _may_be_written_otherwise(assembly, found, folder):
                yield workload.owner.finding(
                    "wiring.job-input",
                    f"{workload.place} reads {folder}, where nothing is ever written; this run "
                    f"writes {', '.join(beside)}",
                )


def jobs_are_waited_for(assembly: Assembly) -> Iterator[Finding]:
    """A job that is only started, though another state reads what it will have written."""
    known = list(workloads(assembly))
    for machine in machines(assembly):
        started, asked = _started(machine), _asked(machine)
        for workload in known:
            action = started.get(workload.place)
            if workload.owner is not machine.resource or not action or action in asked:
                continue
            later = _after(machine, workload.place)
            outputs = set(_folders(written(workload)))
            for other in known:
                inputs = _folders(read(other))
                follows = other.owner is workload.owner and other.place in later
                if follows and any(_is_one(one, two) for one in inputs for two in outputs):
                    yield machine.resource.finding(
                        "wiring.job-unawaited",
                        f"{workload.place} only starts its job, and {other.place} reads what the "
                        "job has not written by then: end its Resource in .sync",
                    )


def _is_known(assembly: Assembly, machine: Machine) -> bool:
    """Whether all that its states start works under roles of the assembly, which say all."""
    for state in machine.states():
        called = integration_of(text(state.body, "Resource"))
        if state.type != "Task" or (called is not None and called.service in _WITHOUT_CODE):
            continue
        named = (
            text(state.body, "Resource") if called is None else text(state.request, "FunctionName")
        )
        if assembly.at(named, "AWS::Lambda::Function") is None:
            return False
    permissions = permissions_of(assembly)
    roles = [w.role for w in workloads(assembly) if w.owner is machine.resource]
    return all(permissions.role_at(role) is not None for role in roles)


def _started(machine: Machine) -> Mapping[str, str]:
    """The places of the states that start something and go on, with what is started."""
    calls = {
        state.place: integration_of(text(state.body, "Resource")) for state in machine.states()
    }
    return {
        place: called.action.removeprefix("create")
        for place, called in calls.items()
        if called is not None and called.action.startswith("create") and not called.pattern
    }


def _after(machine: Machine, place: str) -> set[str]:
    """The places of the states that a state of the same scope leads to."""
    scope = next(scope for scope in machine.scopes if place in _places(scope))
    names, waiting = set[str](), [place.removeprefix(scope.place)]
    while waiting:
        found = scope.states.get(waiting.pop())
        following = {name for _, name in transitions(found)} - names if found else set()
        names |= following
        waiting += following
    return {f"{scope.place}{name}" for name in names} - {place}


def _places(scope: Scope) -> set[str]:
    return {state.place for state in scope.states.values()}


def _asked(machine: Machine) -> set[str]:
    """What some state of the machine asks after."""
    calls = [integration_of(text(state.body, "Resource")) for state in machine.states()]
    return {called.action.removeprefix("describe") for called in calls if called is not None}


def _folders(patterns: Iterator[str]) -> list[str]:
    """The objects' folders, or objects; `*` is what only a run knows."""
    return [pattern.removesuffix("*").rstrip("/") for pattern in patterns]


def _run(folder: str) -> str:
    """The folder of the run that another one is in; of what is in none, the folder itself."""
    head, hole, _ = folder.rpartition("*")
    return f"{head}{hole}" if hole else folder


def _is_one(one: str, other: str) -> bool:
    """Whether either folder may be within the other; what a run knows is a name of no slash."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return all(fnmatchcase(left, right) or fnmatchcase(right, left) for left, right in pairs)


def _may_be_written_otherwise(assembly: Assembly, known: list[Workload], folder: str) -> bool:
    """Whether a role may write there that is not one of jobs, whose outputs SageMaker writes."""
    permissions = permissions_of(assembly)
    told = {permissions.role_at(workload.role) for workload in known if any(written(workload))}
    return any(
        permissions.may(arn_of(assembly, role), "s3:PutObject", f"{folder}/*")
        for role in assembly.resources("AWS::IAM::Role")
        if role not in told
    )


RULES = (jobs_read_what_is_written, jobs_are_waited_for)
