"""Release: an approved version goes behind the endpoint, as champion or as challenger."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.endpoint_config import endpoint_config
from stacks.constructs.endpoint_planner import EndpointPlanner
from stacks.constructs.endpoint_states import sagemaker_call
from stacks.constructs.job_machine import JobMachine
from stacks.constructs.job_network import vpc_config
from stacks.constructs.platform import Platform
from stacks.constructs.settling import Settling
from stacks.constructs.traffic_shift import deployment_config
from stacks.constructs.variant_scaling import VariantScaling
from tidewatch.core.config import ModelConfig


class Release(Construct):
    """The chain of states from an approved model package to an endpoint in service.

    The endpoint and its configurations belong to this chain, not to CloudFormation: deploying
    the stacks again therefore never changes what is live. What the model's file says of serving
    is taken with the next release, and a release of the version that is live takes just that.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        serving_role: iam.IRole,
        rollback_alarms: list[cloudwatch.Alarm],
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._model = model
        self._endpoint = platform.endpoint(model.name)
        self._role = serving_role
        self._alarms = rollback_alarms
        self._scaling = VariantScaling(self, "Scaling", scaling=model.serving.scaling)
        self._settling = Settling(self, "Settling", endpoint=self._endpoint, scaling=self._scaling)
        self._planner = EndpointPlanner(
            self,
            "Plan",
            unit="release",
            platform=platform,
            model=model.name,
            environment=self._environment(),
        )
        self._planner.may_see(rollback_alarms)
        self.chain = self._states()

    def allow(self, machine: JobMachine) -> None:
        """Let `machine` scale variants."""
        self._scaling.allow(machine, self._endpoint)

    def _environment(self) -> dict[str, str]:
        serving = self._model.serving
        environment = {
            "MODEL": self._model.name,
            "CHAMPION_WEIGHT": str(serving.weights["champion"]),
            "CHALLENGER_WEIGHT": str(serving.weights["challenger"]),
            "INSTANCE_TYPE": serving.instance_type,
            "INSTANCE_COUNT": str(serving.instance_count),
            "SHADOW": str(serving.shadow).lower(),
            "ROLLBACK_ALARMS": cdk.Fn.join(",", [alarm.alarm_name for alarm in self._alarms]),
        }
        if serving.scaling:
            environment["FEWEST_INSTANCES"] = str(serving.scaling.min)
            environment["MOST_INSTANCES"] = str(serving.scaling.max)
        return environment

    def _states(self) -> sfn.IChainable:
        config = self._create_config().next(self._deploy())
        model = (
            sfn.Choice(self, "New version?")
            .when(_is("$.has_new_model"), self._create_model().next(config))
            .otherwise(config)
        )
        return self._planner.planned(
            "Plan release",
            {"package_arn": sfn.JsonPath.string_at("$.package_arn")},
            then=model,
            unchanged=sfn.Succeed(self, "Already released"),
        )

    def _deploy(self) -> sfn.IChainable:
        guarded = self._endpoint_call(
            "updateEndpoint",
            "Update endpoint",
            {"DeploymentConfig": deployment_config(self._model.serving.shift, self._alarms)},
        )
        plain = self._endpoint_call("updateEndpoint", "Update endpoint unguarded", {})
        tags = {"Tags": self._platform.cost_tags(self._model.name)}
        create = self._endpoint_call("createEndpoint", "Create endpoint", tags)
        for state in (guarded, plain, create):
            state.next(self._settling.start)
        update = self._scaling.release.next(
            sfn.Choice(self, "Guarded by alarms?").when(_is("$.guarded"), guarded).otherwise(plain)
        )
        return (
            sfn.Choice(self, "Endpoint exists?")
            .when(_is("$.endpoint_exists"), update)
            .otherwise(create)
        )

    def _create_model(self) -> sfn.CustomState:
        return sagemaker_call(
            self,
            "createModel",
            "Create model",
            {
                "ModelName.$": "$.model_name",
                "ExecutionRoleArn": self._role.role_arn,
                "PrimaryContainer": {
                    "ModelPackageName.$": "$.package_arn",
                    "Environment": {"MODEL_VERSION.$": "$.version"},
                },
                # A model answers from what it was started with; it has no business elsewhere.
                "EnableNetworkIsolation": True,
                **vpc_config(self._platform),
            },
        )

    def _create_config(self) -> sfn.CustomState:
        request = endpoint_config(self._platform, self._model, self._role)
        return sagemaker_call(
            self, "createEndpointConfig", "Create endpoint configuration", request
        )

    def _endpoint_call(
        self, operation: str, title: str, more: Mapping[str, object]
    ) -> sfn.CustomState:
        request = {"EndpointName": self._endpoint, "EndpointConfigName.$": "$.config_name"}
        return sagemaker_call(self, operation, title, {**request, **more})


def _is(path: str) -> sfn.Condition:
    return sfn.Condition.boolean_equals(path, value=True)
