"""What is not there is not found, as AWS says; to moto it is invalid."""

from __future__ import annotations

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.core.exceptions import JsonRESTError


def install() -> None:
    """Answer as AWS does."""
    original = ApplicationAutoscalingBackend.deregister_scalable_target

    def deregister(
        self: ApplicationAutoscalingBackend, namespace: str, r_id: str, dimension: str
    ) -> None:
        try:
            original(self, namespace, r_id, dimension)
        except AWSValidationException as error:
            raise JsonRESTError("ObjectNotFoundException", error.message) from error

    ApplicationAutoscalingBackend.deregister_scalable_target = deregister  # type: ignore[method-assign]
