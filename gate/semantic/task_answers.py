"""The shape of what a task is answered: by a function, or by a service of AWS."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from gate.reading import mapping, text
from gate.semantic.data_shape import SCALAR, UNKNOWN, Shape, shape_of_model
from gate.semantic.function_answers import Answers
from gate.semantic.integration import SYNC, Integration, integration_of
from gate.semantic.service_model import operation

_METADATA = {"SdkHttpMetadata": UNKNOWN, "SdkResponseMetadata": UNKNOWN}
_INVOKED = Shape({"ExecutedVersion": SCALAR, "Payload": UNKNOWN, "StatusCode": SCALAR, **_METADATA})


def answer_of(body: Mapping[str, Any], answers: Answers) -> Shape:
    """What a Task state gets, as far as that is known; `answers` says what functions answer."""
    resource = text(body.get("Resource"))
    called = integration_of(resource)
    if called is None:
        return answers.of(resource)
    if called.fault() is not None or not called.is_checked:
        return UNKNOWN
    if called.service == "lambda" and called.optimised and not called.pattern:
        function = text(mapping(body.get("Parameters")).get("FunctionName"))
        return _INVOKED.put(["Payload"], answers.of(function))
    return _shape_of_answer(called)


@cache
def _shape_of_answer(called: Integration) -> Shape:
    model = _answering(called)
    if model is None or model.output_shape is None:
        return UNKNOWN
    return Shape({**shape_of_model(model.output_shape).fields, **_METADATA})


def _answering(called: Integration) -> Any:
    """The operation whose answer a task has; None where that is not known."""
    if not called.pattern:
        return called.model
    if called.pattern == SYNC and called.service == "sagemaker":
        return operation("sagemaker", called.action.replace("create", "Describe", 1))
    return None
