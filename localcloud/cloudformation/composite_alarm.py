"""`AWS::CloudWatch::CompositeAlarm`: an alarm over the states of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.clients import root_client
from localcloud.cloudformation.handler import Created, Handler, Properties, Resource
from localcloud.cloudformation.parameters import coerced

NAME = "AlarmName"


@dataclass(frozen=True)
class CompositeAlarm:
    """The life of a composite alarm; ministack evaluates it. `Ref` is its name."""

    def create(self, resource: Resource) -> Created:
        """Put the alarm."""
        return self._put(resource, resource.name(NAME, max_length=255))

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Putting it again changes it; another name is another alarm."""
        if previous.get(NAME) != resource.properties.get(NAME):
            return None
        return self._put(resource, physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the alarm; one that is gone already is no error."""
        del properties
        _client().delete_alarms(AlarmNames=[physical_id])

    def _put(self, resource: Resource, name: str) -> Created:
        wanted = coerced("cloudwatch", "PutCompositeAlarm", resource.properties)
        _client().put_composite_alarm(**{**wanted, NAME: name})
        (found,) = _client().describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])[
            "CompositeAlarms"
        ]
        return Created(name, {"Arn": str(found["AlarmArn"])})


def _client() -> Any:
    return root_client("cloudwatch")


HANDLERS: dict[str, Handler] = {"AWS::CloudWatch::CompositeAlarm": CompositeAlarm()}
