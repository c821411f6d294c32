"""Answer SageMaker operations ourselves, as functions assigned onto moto's response class."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from botocore.validate import ParamValidator
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.responses import SageMakerResponse

Parameters = dict[str, Any]
Handler = Callable[[Parameters], Parameters]


def answer(operation: str, handler: Handler) -> None:
    """Let a function of the request's parameters answer an operation (`CreateTrainingJob`).

    Parameters that break the service's own description are refused before it is called: boto3
    checks them, but Step Functions and CloudFormation do not come through boto3.
    """

    def respond(response: SageMakerResponse) -> ActionResult:
        parameters = copy.deepcopy(dict(response._get_params()))  # noqa: SLF001 - moto's own seam
        _validate(operation, parameters)
        return ActionResult(handler(parameters))

    setattr(SageMakerResponse, camelcase_to_underscores(operation), respond)


def _validate(operation: str, parameters: Parameters) -> None:
    shape = get_service_model("sagemaker").operation_model(operation).input_shape
    if shape is None:
        return
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        raise ValidationError(f"{operation}: {report.generate_report()}")


def refuse(operation: str, found: str, expected: str) -> ValidationError:
    """The refusal of something valid on AWS that the laptop does not emulate."""
    return ValidationError(
        f"{operation}: found {found}; expected {expected}: the laptop's cloud does not emulate the "
        "rest"
    )
