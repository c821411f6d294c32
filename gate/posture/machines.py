"""State machines: they leave a trace, they try again, and they end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.job_times import longest_job
from gate.posture.requirement import Requirement
from gate.posture.tasks import MACHINE, Task, definition, states, tasks
from gate.reading import is_given, is_true, mappings, number, within

_WAITS = ("sync", "sync:2", "waitForTaskToken")
_LONGEST_YEAR = 31_536_000


def retried(assembly: Assembly) -> Iterator[Finding]:
    """A state that calls a service tries again: every service throttles at times."""
    for task in tasks(assembly):
        if task.service and not any(_tries(retry) for retry in mappings(task.state.get("Retry"))):
            yield task.finding(
                "posture.state-retry",
                f"{task.service}:{task.operation} is called once, so that one throttled call "
                "ends the execution: add Retry with MaxAttempts of 1 or more",
            )


def retries_are_sane(assembly: Assembly) -> Iterator[Finding]:
    """Retries wait, wait longer each time, and stop before anybody would."""
    for task in tasks(assembly):
        for retry in mappings(task.state.get("Retry")):
            interval = number(retry.get("IntervalSeconds", 1))
            backoff = number(retry.get("BackoffRate", 2))
            attempts = number(retry.get("MaxAttempts", 3))
            if interval is None or backoff is None or attempts is None:
                continue
            if attempts > 1 and interval * backoff ** (attempts - 1) > _LONGEST_YEAR / 12:
                yield task.finding(
                    "posture.state-retry",
                    f"{attempts:g} attempts from {interval:g} s at a rate of {backoff:g} go on "
                    "for more than a month: lower one of them",
                )


def ends(assembly: Assembly) -> Iterator[Finding]:
    """A state that waits for something has a limit, or its machine has one."""
    for task in tasks(assembly):
        limited = _limit(task.state) or _limit(definition(task.machine))
        heartbeat = within(task.state, "HeartbeatSeconds")
        if task.mode in _WAITS and not limited and not is_given(heartbeat):
            yield task.finding(
                "posture.state-timeout",
                "it waits for as long as a year if what it waits for is lost: set TimeoutSeconds "
                "here or on the machine",
            )


def can_wait(assembly: Assembly) -> Iterator[Finding]:
    """A machine that waits for jobs or answers is of the kind that can."""
    for task in tasks(assembly):
        express = task.machine.properties.get("StateMachineType") == "EXPRESS"
        if express and task.mode in _WAITS:
            yield task.finding(
                "posture.machine-type",
                "it waits, which an EXPRESS machine cannot: leave StateMachineType out",
            )


def limits_agree(assembly: Assembly) -> Iterator[Finding]:
    """No state may take longer than its machine, no job longer than its state."""
    for machine in assembly.resources(MACHINE):
        body = definition(machine)
        whole = _limit(body)
        for name, state in states(body):
            part = _limit(state)
            if whole and part and part > whole:
                yield machine.finding(
                    "posture.timeouts-differ",
                    f"state {name!r} may take {part:g} s but the machine ends after {whole:g} s: "
                    "raise the machine's TimeoutSeconds or lower the state's",
                )
    for task in tasks(assembly):
        yield from _job_within(task)


def _job_within(task: Task) -> Iterator[Finding]:
    job = longest_job(task)
    limit = _limit(task.state) or _limit(definition(task.machine))
    if job and limit and job > limit and task.mode in _WAITS:
        yield task.finding(
            "posture.timeouts-differ",
            f"the job may run {job:g} s but is given up after {limit:g} s, and goes on unseen: "
            "raise TimeoutSeconds or lower the job's own limit",
        )


def _logged(value: object) -> bool:
    return value in ("ALL", "ERROR", "FATAL")


def _tries(retry: Mapping[str, Any]) -> bool:
    return (number(retry.get("MaxAttempts", 3)) or 0) >= 1


def _limit(scope: Mapping[str, Any]) -> float | None:
    return number(scope.get("TimeoutSeconds"))


RULES: tuple[Rule, ...] = (
    retried,
    retries_are_sane,
    ends,
    limits_agree,
    can_wait,
    Requirement(
        "posture.machine-log", MACHINE, "LoggingConfiguration.Level", "log ERROR at least", _logged
    ),
    Requirement(
        "posture.machine-log",
        MACHINE,
        "LoggingConfiguration.Destinations",
        "name the log group that history goes to",
    ),
    Requirement(
        "posture.machine-tracing",
        MACHINE,
        "TracingConfiguration.Enabled",
        "set it to true",
        is_true,
    ),
)
