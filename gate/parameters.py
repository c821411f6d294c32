"""The values that a template's parameters are judged with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from gate.arguments import MalformedError, text

_SSM = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
_LIST = re.compile(r"List<(.+)>|CommaDelimitedList")
_EXAMPLES = {
    "AWS::EC2::AvailabilityZone::Name": "eu-west-1a",
    "AWS::EC2::Image::Id": "ami-00000000000000000",
    "AWS::EC2::Instance::Id": "i-00000000000000000",
    "AWS::EC2::SecurityGroup::Id": "sg-00000000000000000",
    "AWS::EC2::Subnet::Id": "subnet-00000000000000000",
    "AWS::EC2::VPC::Id": "vpc-00000000000000000",
    "AWS::Route53::HostedZone::Id": "Z0000000000000",
    "Number": "1",
}


def parameter_value(
    name: str, declared: Mapping[str, Any], stored: Callable[[str], object]
) -> object:
    """The default of a parameter, or an example that its declaration allows.

    `stored` gives the value of an SSM parameter that the assembly makes, else None.
    """
    kind, default = str(declared.get("Type", "String")), declared.get("Default")
    in_store = _SSM.fullmatch(kind)
    if in_store:
        # The default is the place in the store, never the value.
        return _typed(name, in_store[1], stored(str(default)))
    if default is None:
        default = _allowed(declared)
    return _typed(name, kind, default)


def _allowed(declared: Mapping[str, Any]) -> object:
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and allowed:
        return allowed[0]
    return declared.get("MinValue")


def _typed(name: str, kind: str, value: object) -> object:
    listed = _LIST.fullmatch(kind)
    if listed:
        example = _example(name, listed[1] or "String")
        return [part.strip() for part in _text(value, example).split(",")]
    written = _text(value, _example(name, kind))
    return _number(written) if kind == "Number" else written


def _example(name: str, kind: str) -> str:
    return _EXAMPLES.get(kind, f"parameter-{name.lower()}")


def _text(value: object, example: str) -> str:
    try:
        return example if value is None else text(value)
    except MalformedError:
        return example


def _number(written: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(written)
        except ValueError:
            continue
    return written
