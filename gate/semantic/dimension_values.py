"""What a dimension's value looks like: a name, as most services publish it, or an ARN."""

from __future__ import annotations

import re

from gate.reading import is_known

_OF_ARN = "Arn"
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_ARN, _URL = "arn:", ("http://", "https://")


def form_fault(dimension: str, value: str) -> str | None:
    """Why a service never publishes a dimension with such a value, if so.

    >>> form_fault("QueueName", "arn:aws:sqs:eu-west-1:111111111111:orders")
    'the dimension QueueName is an ARN; it is published with the plain name'
    >>> form_fault("StateMachineArn", "orders")
    "the dimension StateMachineArn is the name 'orders'; it is published with the ARN"
    """
    if not is_known(value):
        return None
    if dimension.endswith(_OF_ARN):
        is_name = _NAME.fullmatch(value) is not None
        name = f"the dimension {dimension} is the name {value!r}; it is published with the ARN"
        return name if is_name else None
    if value.startswith(_ARN):
        return f"the dimension {dimension} is an ARN; it is published with the plain name"
    if value.startswith(_URL):
        return f"the dimension {dimension} is a URL; it is published with the plain name"
    return None
