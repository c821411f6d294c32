"""Serving: what a release and a rollback ask of SageMaker, and the alarms that undo an update."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aws_cdk.assertions import Template

from tests.infra.conftest import PROJECT, synthesised
from tests.infra.test_stacks import definition, resources
from tidewatch.core.config import Config, ModelConfig
from tidewatch.core.config.endpoint import Scaling, Shift

Templates = dict[str, Template]
Json = dict[str, Any]
VARIANTS = ("champion", "challenger")


def with_serving(config: Config, **serving: object) -> tuple[ModelConfig, ...]:
    (model,) = config.models
    return (model.model_copy(update={"serving": model.serving.model_copy(update=serving)}),)


@pytest.fixture(scope="module")
def scaled(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """A shadow challenger, linear steps, scaling, and a stage without a network."""
    models = with_serving(
        config,
        shadow=True,
        shift=Shift(kind="linear", percent=20, bake=timedelta(minutes=10)),
        scaling=Scaling(min=2, max=6, invocations_per_minute=600),
        instance_type="ml.g5.xlarge",
    )
    stage = config.stage.model_copy(update={"network": None})
    return synthesised(
        replace(config, stage=stage, models=models), tmp_path_factory.mktemp("scaled")
    )


def release(templates: Templates) -> Json:
    found: Json = definition(templates, "flights-serving", "Machine")["States"]
    return found


def rollback(templates: Templates) -> Json:
    found: Json = definition(templates, "flights-serving", "RollbackMachine")["States"]
    return found


def alarms(templates: Templates) -> dict[str, Json]:
    found = templates["flights-serving"].find_resources("AWS::CloudWatch::Alarm")
    return {name: item["Properties"] for name, item in found.items() if name.startswith("Alarms")}


def test_an_update_is_a_canary_that_every_variants_alarms_undo(templates: Templates) -> None:
    config = release(templates)["Update endpoint"]["Parameters"]["DeploymentConfig"]
    policy = config["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"] == {
        "Type": "CANARY",
        "WaitIntervalInSeconds": 300,
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
    }
    assert policy["MaximumExecutionTimeoutInSeconds"] >= 2 * 300 + 300
    named = config["AutoRollbackConfiguration"]["Alarms"]
    assert len(named) == len(alarms(templates)) == 6
    assert len(named) <= 10  # SageMaker's limit


def test_traffic_may_move_in_linear_steps(scaled: Templates) -> None:
    config = release(scaled)["Update endpoint"]["Parameters"]["DeploymentConfig"]
    policy = config["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"] == {
        "Type": "LINEAR",
        "WaitIntervalInSeconds": 600,
        "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 20},
    }
    assert policy["MaximumExecutionTimeoutInSeconds"] >= 5 * 600 + 300


@pytest.mark.parametrize("variant", VARIANTS)
def test_slow_answers_of_a_variant_ring_in_microseconds(templates: Templates, variant: str) -> None:
    (found,) = [
        item
        for item in alarms(templates).values()
        if item["MetricName"] == "ModelLatency"
        and {"Name": "VariantName", "Value": variant} in item["Dimensions"]
    ]
    assert found["ExtendedStatistic"] == "p99"
    assert found["Threshold"] == 1_000_000  # the model's file says 1,000 milliseconds
    assert found["TreatMissingData"] == "notBreaching"
    assert (found["Period"], found["DatapointsToAlarm"], found["EvaluationPeriods"]) == (60, 2, 3)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variants_share_of_server_errors_rings(templates: Templates, variant: str) -> None:
    (found,) = [
        item
        for item in alarms(templates).values()
        if item["MetricName"] == "Invocation5XXErrors"
        and {"Name": "VariantName", "Value": variant} in item["Dimensions"]
    ]
    # Every invocation counts 1 or 0: their mean is the share.
    assert (found["Statistic"], found["Threshold"]) == ("Average", 0.01)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_that_is_judged_critical_rings(templates: Templates, variant: str) -> None:
    (found,) = [
        item
        for item in alarms(templates).values()
        if item["MetricName"] == "model_monitor_critical"
        and {"Name": "Variant", "Value": variant} in item["Dimensions"]
    ]
    assert found["Namespace"] == "Tidewatch"
    assert {"Name": "Model", "Value": "flights"} in found["Dimensions"]
    assert (found["Statistic"], found["Threshold"], found["Period"]) == ("Maximum", 1, 3600)


def test_unguarded_goes_only_what_no_alarm_can_guard(templates: Templates) -> None:
    states = release(templates)
    choice = states["Guarded by alarms?"]
    (rule,) = choice["Choices"]
    assert (rule["Variable"], rule["Next"]) == ("$.guarded", "Update endpoint")
    assert "DeploymentConfig" not in states[choice["Default"]]["Parameters"]


def test_a_model_is_isolated_and_its_disks_are_under_the_stages_key(templates: Templates) -> None:
    states = release(templates)
    assert states["Create model"]["Parameters"]["EnableNetworkIsolation"] is True
    config = states["Create endpoint configuration"]["Parameters"]
    assert config["KmsKeyId"] == config["DataCaptureConfig"]["KmsKeyId"] == "TOKEN"


def test_a_model_runs_in_the_stages_network_where_it_has_one(
    templates: Templates, scaled: Templates
) -> None:
    assert "VpcConfig" not in release(scaled)["Create model"]["Parameters"]
    network = release(templates)["Create model"]["Parameters"]["VpcConfig"]
    assert network["SecurityGroupIds"] == ["TOKEN"]
    assert len(network["Subnets"]) >= 2


def test_instances_with_their_own_disks_are_asked_for_no_key(scaled: Templates) -> None:
    config = release(scaled)["Create endpoint configuration"]["Parameters"]
    assert "KmsKeyId" not in config


def test_a_shadow_is_there_for_who_asks_for_it(templates: Templates, scaled: Templates) -> None:
    name = "Create endpoint configuration"
    assert "ShadowProductionVariants.$" not in release(templates)[name]["Parameters"]
    assert release(scaled)[name]["Parameters"]["ShadowProductionVariants.$"] == "$.shadows"


def test_each_configuration_names_the_one_before(templates: Templates) -> None:
    config = release(templates)["Create endpoint configuration"]["Parameters"]
    assert config["Tags"] == [{"Key": "tidewatch:previous", "Value.$": "$.previous_config"}]


def test_variants_are_scaled_by_their_invocations_once_they_serve(scaled: Templates) -> None:
    states = release(scaled)
    settled = states["Endpoint settled?"]["Choices"]
    (next_,) = {rule["Next"] for rule in settled if "InService" in json.dumps(rule)}
    each = states[next_]
    assert each["ItemsPath"] == "$.scale"
    inner = each["ItemProcessor"]["States"]
    register = inner["Register variant"]["Parameters"]
    assert (register["MinCapacity"], register["MaxCapacity"]) == (2, 6)
    policy = inner["Track invocations"]["Parameters"]["TargetTrackingScalingPolicyConfiguration"]
    assert policy["TargetValue"] == 600
    assert policy["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    }


def test_the_endpoints_log_is_ours_before_the_first_release_makes_an_endpoint(
    templates: Templates, config: Config
) -> None:
    serving = templates["flights-serving"]
    ((name, group),) = serving.find_resources(
        "AWS::Logs::LogGroup",
        {"Properties": {"LogGroupName": f"/aws/sagemaker/Endpoints/flights-{config.stage.name}"}},
    ).items()
    assert group["Properties"]["RetentionInDays"] == config.stage.log_retention_days
    assert group["Properties"]["KmsKeyId"]
    machines = serving.find_resources("AWS::StepFunctions::StateMachine")
    (release_,) = [item for key, item in machines.items() if key.startswith("Machine")]
    assert name in release_["DependsOn"]


def test_the_serving_role_may_write_the_endpoints_log(templates: Templates) -> None:
    allowed = [
        statement
        for name, policy in templates["flights-serving"].find_resources("AWS::IAM::Policy").items()
        if name.startswith("RoleDefaultPolicy")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "logs:PutLogEvents" in statement["Action"]
    ]
    (statement,) = allowed
    assert statement["Resource"]["Fn::Join"][1][-1] == ":log-group:/aws/sagemaker/*"


def test_without_scaling_nothing_registers_variants(templates: Templates) -> None:
    assert "Scale variants" not in release(templates)
    assert "RegisterScalableTarget" not in json.dumps(templates["flights-serving"].to_json())


def test_a_variant_is_let_go_from_scaling_before_its_endpoint_is_updated(
    templates: Templates,
) -> None:
    for states, update in (
        (release(templates), "Guarded by alarms?"),
        (rollback(templates), "Go back"),
    ):
        each = states["Let variants go from scaling"]
        assert each["ItemsPath"] == "$.unscale"
        assert each["Next"] == update
        (state,) = [item for item in each["ItemProcessor"]["States"].values() if "Catch" in item]
        assert state["Catch"][0]["ErrorEquals"] == [
            "ApplicationAutoScaling.ObjectNotFoundException"
        ]


def test_a_rollback_keeps_the_instances_of_today_and_takes_the_weights_of_back_then(
    templates: Templates,
) -> None:
    request = rollback(templates)["Go back"]["Parameters"]
    assert request["EndpointConfigName.$"] == "$.config_name"
    assert request["RetainAllVariantProperties"] is True
    assert request["ExcludeRetainedVariantProperties"] == [{"VariantPropertyType": "DesiredWeight"}]
    assert "DeploymentConfig" not in request


def test_a_change_ends_well_only_where_its_own_configuration_serves(templates: Templates) -> None:
    for states in (release(templates), rollback(templates)):
        choice = states["New configuration serves?"]
        (rule,) = choice["Choices"]
        assert rule["Variable"] == "$.endpoint.EndpointConfigName"
        assert rule["StringEqualsPath"] == "$.config_name"
        assert states[choice["Default"]]["Type"] == "Fail"
        moving = json.dumps(states["Endpoint settled?"]["Choices"])
        for status in ("Creating", "Updating", "SystemUpdating", "RollingBack"):
            assert f'"{status}"' in moving


def test_only_the_release_makes_models(templates: Templates) -> None:
    policies = templates["flights-serving"].find_resources("AWS::IAM::Policy")
    making = [name for name, item in policies.items() if "sagemaker:CreateModel" in str(item)]
    assert len(making) == 1
    assert making[0].startswith("MachineRole")


def test_an_approval_that_is_not_delivered_is_kept_and_told(templates: Templates) -> None:
    (rule,) = templates["flights-serving"].find_resources("AWS::Events::Rule").values()
    (target,) = rule["Properties"]["Targets"]
    assert target["DeadLetterConfig"]["Arn"]
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 3
    found = templates["flights-serving"].find_resources("AWS::CloudWatch::Alarm").values()
    (alarm,) = [item["Properties"] for item in found if "SQS" in item["Properties"]["Namespace"]]
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["AlarmActions"]


def test_every_runbook_that_an_alarm_names_is_there(templates: Templates) -> None:
    for alarm in resources(templates, "AWS::CloudWatch::Alarm").values():
        words = str(alarm["Properties"]["AlarmDescription"])
        assert "docs/runbooks/" in words
        name = words.partition("docs/runbooks/")[2].partition(".md")[0]
        assert (PROJECT / "docs" / "runbooks" / f"{name}.md").is_file(), name
