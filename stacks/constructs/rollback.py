"""Rollback: the endpoint goes back to the configuration before the one that serves."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.endpoint_planner import EndpointPlanner
from stacks.constructs.endpoint_states import sagemaker_call
from stacks.constructs.job_machine import JobMachine
from stacks.constructs.platform import Platform
from stacks.constructs.settling import Settling
from stacks.constructs.variant_scaling import VariantScaling
from tidewatch.core.config import ModelConfig


class Rollback(Construct):
    """The chain of states back: at once, guarded by nothing, on the instances there are now.

    Each configuration names the one before it in a tag, so a second rollback goes one further.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, model: ModelConfig
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint = platform.endpoint(model.name)
        self._scaling = VariantScaling(self, "Scaling", scaling=model.serving.scaling)
        settling = Settling(self, "Settling", endpoint=self._endpoint, scaling=self._scaling)
        planner = EndpointPlanner(
            self,
            "Plan",
            unit="rollback",
            platform=platform,
            model=model.name,
            environment={"SCALED": str(model.serving.scaling is not None).lower()},
        )
        planner.may("ListTags", "endpoint-config", f"{model.name}-*")
        update = self._scaling.release.next(self._update()).next(settling.start)
        self.chain = planner.planned("Plan rollback", {}, then=update)

    def allow(self, machine: JobMachine) -> None:
        """Let `machine` scale variants."""
        self._scaling.allow(machine, self._endpoint)

    def _update(self) -> sfn.CustomState:
        return sagemaker_call(
            self,
            "updateEndpoint",
            "Go back",
            {
                "EndpointName": self._endpoint,
                "EndpointConfigName.$": "$.config_name",
                # As many instances as the traffic of today needs; the weights of back then.
                "RetainAllVariantProperties": True,
                "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}],
            },
        )
