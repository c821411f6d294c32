"""CloudFormation types that ministack lacks, and a record for those that nobody emulates."""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import changesets, provisioners, stacks

from localcloud.cloudformation import (
    autoscaling,
    chatbot,
    composite_alarm,
    mlflow,
    prometheus,
    sagemaker,
    secrets,
)
from localcloud.cloudformation.accepted import AcceptedResource
from localcloud.cloudformation.handler import Handler, adapted

HANDLERS: dict[str, Handler] = {
    **sagemaker.HANDLERS,
    **prometheus.HANDLERS,
    **mlflow.HANDLERS,
    **autoscaling.HANDLERS,
    **chatbot.HANDLERS,
    **composite_alarm.HANDLERS,
    **secrets.HANDLERS,
}
# CloudFormation's own types and macros stay ministack's business.
NEVER_ACCEPTED = ("AWS::CloudFormation::", "AWS::Serverless::")


class Handlers(dict[str, Any]):
    """ministack's table of types, in which every AWS type has a row."""

    def __contains__(self, type_name: object) -> bool:
        return super().__contains__(type_name) or _acceptable(type_name)

    def __getitem__(self, type_name: str) -> Any:
        row = self.get(type_name)
        if row is None:
            raise KeyError(type_name)
        return row

    def get(self, type_name: str, default: Any = None) -> Any:
        """The row of a type: ministack's, ours, or that of a record."""
        if super().__contains__(type_name):
            return super().__getitem__(type_name)
        return adapted(AcceptedResource(type_name)) if _acceptable(type_name) else default


def install() -> None:
    """Put our types into ministack's CloudFormation."""
    rows = {type_name: adapted(handler) for type_name, handler in HANDLERS.items()}
    table = Handlers({**provisioners._RESOURCE_HANDLERS, **rows})
    provisioners._RESOURCE_HANDLERS = table
    changesets._RESOURCE_HANDLERS = table
    _leave_the_event_loop_free()


def _leave_the_event_loop_free() -> None:
    """Run our types on threads: they start servers and wait for them, through this very gateway."""
    original = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in HANDLERS or original(name)


def _acceptable(type_name: object) -> bool:
    return (
        isinstance(type_name, str)
        and type_name.startswith("AWS::")
        and not type_name.startswith(NEVER_ACCEPTED)
    )
