"""Errors of the services that tasks call, as Step Functions names them.

That is the service's name in the SDK for Java, a dot, and the exception's, which ends in Exception:
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mappings, text, texts
from gate.semantic.integration import TOKEN, Integration, integration_of, sdk_services
from gate.semantic.state_machine import State, machines

_SUFFIX = "Exception"
# Of other names, such as IoT and SESv2, the SDK's own spelling cannot be told.
_CLEAR = re.compile(r"[A-Z][a-z]+( ?[A-Z][a-z]+)*")
_OLD_BASE = re.compile(r"Amazon\w+Exception")


def handled_errors_are_thrown(assembly: Assembly) -> Iterable[Finding]:
    """A retry or a catch names an error of its task's service in the way that it is thrown."""
    for machine in machines(assembly):
        for state in machine.states():
            called = integration_of(text(state.body.get("Resource")))
            if called is None or called.fault() is not None or called.model is None:
                continue
            for where, name in _handled(state):
                reason = None if called.pattern == TOKEN else _fault(called, name)
                if reason is not None:
                    reason = (
                        f"{state.place}: {where} handles {name!r}, which is not thrown {reason}"
                    )
                    yield machine.resource.finding("semantic.asl-thrown", reason)


def _handled(state: State) -> Iterator[tuple[str, str]]:
    for field in ("Retry", "Catch"):
        for index, handler in enumerate(mappings(state.body.get(field))):
            for name in texts(handler.get("ErrorEquals")):
                if not name.startswith("States."):
                    yield f"{field}[{index}]", name


def _fault(called: Integration, name: str) -> str | None:
    """Why an error of this name cannot come from this call; None where it may."""
    prefix, dot, exception = name.rpartition(".")
    if not dot:
        return _bare_fault(called, exception)
    service = str(called.model.service_model.service_id)
    own = service.replace(" ", "")
    if prefix.lower() != own.lower():
        foreign = not called.optimised and prefix.lower() in sdk_services()
        return f"by {service}; expected an error such as {own}.{own}{_SUFFIX}" if foreign else None
    if prefix != own and _CLEAR.fullmatch(service):
        return f"in this spelling; expected {own}.…"
    return None if called.optimised else _sdk_fault(called, own, exception)


def _bare_fault(called: Integration, exception: str) -> str | None:
    """A function raises what it likes; all other errors have their service's name before them."""
    whole, modelled = _whole(exception), _modelled(called)
    if called.service == "lambda" or (called.optimised and whole not in modelled):
        return None
    own = str(called.model.service_model.service_id).replace(" ", "")
    return f"without its service's name; expected {own}.{_as_in(modelled, whole)}"


def _sdk_fault(called: Integration, own: str, exception: str) -> str | None:
    modelled = _modelled(called)
    if exception in modelled:
        return None
    if _OLD_BASE.fullmatch(exception):
        return f"by a call through the SDK; expected {own}.{own}{_SUFFIX}"
    right = _as_in(modelled, _whole(exception))
    return f"in this spelling; expected {own}.{right}" if right in modelled else None


def _modelled(called: Integration) -> set[str]:
    return {_whole(shape.name) for shape in called.model.error_shapes}


def _whole(exception: str) -> str:
    return f"{exception.removesuffix(_SUFFIX)}{_SUFFIX}"


def _as_in(known: set[str], name: str) -> str:
    """The name as it is spelt among those that are known."""
    return next((item for item in sorted(known) if item.lower() == name.lower()), name)


RULES = (handled_errors_are_thrown,)
