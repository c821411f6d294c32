"""Small stacks for tests: deploy, update, delete, and wait for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.workbench import unique, until

Resources = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Stack:
    """A stack whose outputs are one `Ref` or `GetAtt` each, written `Logical` or `Logical.Attr`."""

    cloud: LocalCloud
    name: str
    shown: tuple[str, ...]

    def deploy(self, resources: Resources) -> dict[str, str]:
        """Create or update it; the outputs. AssertionError with the reason where it fails."""
        client = self._client()
        body = json.dumps({"Resources": resources, "Outputs": _outputs(self.shown)})
        exists = self.status() is not None
        (client.update_stack if exists else client.create_stack)(
            StackName=self.name, TemplateBody=body
        )
        status = self._wait()
        assert status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, self.reasons()
        stack = client.describe_stacks(StackName=self.name)["Stacks"][0]
        names = {f"Output{number}": shown for number, shown in enumerate(self.shown)}
        return {names[found["OutputKey"]]: found["OutputValue"] for found in stack["Outputs"]}

    def delete(self) -> None:
        """Delete it, and wait."""
        self._client().delete_stack(StackName=self.name)
        assert self._wait() in {None, "DELETE_COMPLETE"}, self.reasons()

    def status(self) -> str | None:
        """Its status; None where there is no such stack."""
        client = self._client()
        try:
            found: str = client.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]
        except client.exceptions.ClientError:
            return None
        return found

    def reasons(self) -> list[str]:
        """Why its resources failed."""
        events = self._client().describe_stack_events(StackName=self.name)["StackEvents"]
        return [
            event["ResourceStatusReason"] for event in events if "ResourceStatusReason" in event
        ]

    def _wait(self) -> str | None:
        status = until(lambda: [found] if not _moving(found := self.status()) else None)
        return status[0]

    def _client(self) -> Any:
        return self.cloud.session().client("cloudformation")


@contextmanager
def stack(cloud: LocalCloud, *shown: str) -> Iterator[Stack]:
    """A stack that is gone at the end."""
    made = Stack(cloud, unique("stack"), shown)
    try:
        yield made
    finally:
        if made.status() is not None:
            made.delete()


def _moving(status: str | None) -> bool:
    return status is not None and status.endswith("IN_PROGRESS")


def _outputs(shown: tuple[str, ...]) -> dict[str, Any]:
    return {f"Output{number}": {"Value": _value(what)} for number, what in enumerate(shown)}


def _value(shown: str) -> dict[str, Any]:
    logical, _, attribute = shown.partition(".")
    return {"Fn::GetAtt": [logical, attribute]} if attribute else {"Ref": logical}
