"""CloudFormation properties as API parameters: CloudFormation also accepts numbers as text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session

CONVERSIONS: dict[str, Any] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda value: str(value).lower() == "true",
    "string": str,
}


def coerced(service: str, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that the operation knows, each with the type that its model says.

    Properties without a parameter of that name (CloudFormation's own) are left out.
    """
    shape = _input_shape(service, operation)
    return {
        key: _coerce(value, shape.members[key])
        for key, value in properties.items()
        if key in shape.members and value is not None
    }


def _coerce(value: Any, shape: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {
            key: _coerce(item, shape.members[key]) if key in shape.members else item
            for key, item in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_coerce(item, shape.member) for item in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: _coerce(item, shape.value) for key, item in value.items()}
    convert = CONVERSIONS.get(shape.type_name)
    return convert(value) if convert else value


@cache
def _input_shape(service: str, operation: str) -> Any:
    model = botocore.session.get_session().get_service_model(service)
    return model.operation_model(operation).input_shape
