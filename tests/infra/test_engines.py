"""What profiles a window: the state machine and the rights of each engine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from stacks.constructs.spark_profile import RELEASE
from tests.infra.conftest import PROJECT, synthesised
from tests.infra.test_stacks import definition, resources
from tidewatch.core.config import Config, ModelConfig

Templates = dict[str, Template]
Json = dict[str, Any]


def with_engine(model: ModelConfig, name: str, **monitoring: object) -> ModelConfig:
    changed = model.monitoring.model_copy(update=monitoring)
    return model.model_copy(update={"name": name, "monitoring": changed})


@pytest.fixture(scope="module")
def engines(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Three models, each with an engine of its own."""
    (model,) = config.models
    models = (
        with_engine(model, "shards", engine="sharded"),
        with_engine(model, "spark", engine="spark"),
        with_engine(model, "both", engine="auto", spark_rows=10**9),
    )
    return synthesised(replace(config, models=models), tmp_path_factory.mktemp("engines"))


def branch(engines: Templates, model: str) -> Json:
    machine = definition(engines, f"{model}-monitoring", "Machine")
    found: Json = machine["States"]["Judge windows"]["Branches"][0]
    return found


def statements(engines: Templates, stack: str, policy: str) -> list[Json]:
    policies = engines[stack].find_resources("AWS::IAM::Policy")
    (found,) = [item for name, item in policies.items() if name.startswith(policy)]
    listed: list[Json] = found["Properties"]["PolicyDocument"]["Statement"]
    return listed


def test_without_an_engine_nothing_is_there_for_one(templates: Templates) -> None:
    machine = definition(templates, "flights-monitoring", "Machine")
    states = machine["States"]["Judge windows"]["Branches"][0]["States"]
    assert set(states) == {"Run data_monitor", "Keep failure of data_monitor"}
    state = states["Run data_monitor"]
    assert "answer.$" not in state["ResultSelector"]
    assert "PLAN.$" not in state["Parameters"]["Environment"]
    assert not resources(templates, "AWS::EMRServerless::Application")
    assert "partials/" not in json.dumps([item.to_json() for item in templates.values()])


def test_large_windows_go_to_shards_and_small_ones_end_there(engines: Templates) -> None:
    states = branch(engines, "shards")["States"]
    first = states["Run data_monitor"]
    assert first["ResultSelector"]["answer.$"] == "States.StringToJson($.ExitMessage)"
    choice = states[first["Next"]]
    assert states[choice["Default"]]["Type"] == "Succeed"
    (rule,) = choice["Choices"]
    assert (rule["Variable"], rule["StringEquals"]) == ("$.data_monitor.answer.engine", "sharded")
    assert states[rule["Next"]]["Next"] == "Judge profiles"
    assert states["Judge profiles"]["End"] is True


def test_each_instance_gets_shares_and_every_instance_the_model(engines: Templates) -> None:
    request = branch(engines, "shards")["States"]["Run shard_profile"]["Parameters"]
    cluster = request["ProcessingResources"]["ClusterConfig"]
    assert cluster["InstanceCount.$"] == "$.data_monitor.answer.shares"
    model, shares = (item["S3Input"] for item in request["ProcessingInputs"])
    assert "S3DataDistributionType" not in model
    assert shares["S3DataDistributionType"] == "ShardedByS3Key"
    assert shares["S3Uri.$"] == (
        "States.Format('s3://TOKEN/partials/shards/{}/shares/', $.data_monitor.answer.plan)"
    )


def test_the_plan_is_judged_by_the_data_monitor(engines: Templates) -> None:
    request = branch(engines, "shards")["States"]["Judge profiles"]["Parameters"]
    assert request["Environment"]["PLAN.$"] == "$.data_monitor.answer.plan"
    entry = request["AppSpecification"]["ContainerEntrypoint"]
    assert entry[-1].endswith("data_monitor/main.py")


def test_shards_may_read_the_log_and_write_partial_profiles_and_no_more(
    engines: Templates,
) -> None:
    allowed = json.dumps(
        [
            item
            for item in statements(engines, "shards-monitoring", "Datashardprofile")
            if "s3:" in json.dumps(item["Action"])
        ]
    )
    assert "prediction_log/shards/*" in allowed
    writing = [
        item
        for item in statements(engines, "shards-monitoring", "Datashardprofile")
        if "s3:PutObject" in item["Action"]
    ]
    assert len(writing) == 1
    assert "/partials/shards/*" in json.dumps(writing[0]["Resource"])
    for word in ("PutEvents", "PutMetricData", "RemoteWrite", "DeleteObject", "sagemaker:"):
        assert word not in json.dumps(statements(engines, "shards-monitoring", "Datashardprofile"))


def test_only_who_asks_for_spark_gets_an_application(engines: Templates) -> None:
    assert not engines["shards-monitoring"].find_resources("AWS::EMRServerless::Application")
    for stack in ("spark-monitoring", "both-monitoring"):
        engines[stack].has_resource_properties(
            "AWS::EMRServerless::Application",
            {
                "ReleaseLabel": RELEASE,
                "Type": "SPARK",
                "AutoStopConfiguration": {"Enabled": True, "IdleTimeoutMinutes": 5},
                "ImageConfiguration": {"ImageUri": Match.any_value()},
            },
        )


def test_spark_runs_the_plan_and_is_waited_for(engines: Templates) -> None:
    state = branch(engines, "spark")["States"]["Run spark_profile"]
    assert state["Resource"].endswith(":states:::emr-serverless:startJobRun.sync")
    submit = state["Parameters"]["JobDriver"]["SparkSubmit"]
    assert submit["EntryPointArguments.$"] == (
        "States.Array('--bucket', 'TOKEN', '--model', 'spark', '--account', 'TOKEN',"
        " '--plan', $.data_monitor.answer.plan)"
    )
    assert "spark.executorEnv.PYSPARK_PYTHON=/usr/bin/python3.11" in submit["SparkSubmitParameters"]
    assert state["Next"] == "Judge profiles"


def test_auto_chooses_among_both(engines: Templates) -> None:
    states = branch(engines, "both")["States"]
    choice = states[states["Run data_monitor"]["Next"]]
    assert {rule["StringEquals"] for rule in choice["Choices"]} == {"sharded", "spark"}


@pytest.mark.parametrize("model", ["shards", "spark", "both"])
def test_whichever_of_its_jobs_fails_the_data_monitors_part_comes_to_its_end(
    engines: Templates, model: str
) -> None:
    states = branch(engines, model)["States"]
    jobs = [item for item in states.values() if item["Type"] == "Task"]
    assert len(jobs) == {"shards": 3, "spark": 3, "both": 4}[model]
    for job in jobs:
        assert [item["Next"] for item in job["Catch"]] == ["Keep failure of data_monitor"]


def test_the_spark_role_reads_one_log_and_writes_partial_profiles(engines: Templates) -> None:
    found = statements(engines, "spark-monitoring", "Datasparkprofile")
    actions = {
        action
        for item in found
        for action in ([item["Action"]] if isinstance(item["Action"], str) else item["Action"])
    }
    assert actions == {
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
    }
    assert all(item["Resource"] != "*" for item in found)
    engines["spark-monitoring"].has_resource_properties(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    Match.object_like(
                        {
                            "Principal": {"Service": "emr-serverless.amazonaws.com"},
                            "Condition": {
                                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
                            },
                        }
                    )
                ],
                "Version": "2012-10-17",
            }
        },
    )


def test_the_machine_may_run_that_application_and_pass_that_role_only(engines: Templates) -> None:
    found = statements(engines, "spark-monitoring", "MachineRole")
    (start,) = [item for item in found if item["Action"] == "emr-serverless:StartJobRun"]
    assert start["Resource"]["Fn::GetAtt"][0].startswith("Datasparkprofile")
    passing = [item for item in found if item["Action"] == "iam:PassRole"]
    services = {
        item["Condition"]["StringEquals"]["iam:PassedToService"]: item["Resource"]
        for item in passing
    }
    assert set(services) == {"sagemaker.amazonaws.com", "emr-serverless.amazonaws.com"}
    assert services["emr-serverless.amazonaws.com"]["Fn::GetAtt"][0].startswith("Datasparkprofile")
    assert "StepFunctionsGetEventsForEMRServerlessJobRule" in json.dumps(found)


def test_plans_expire(engines: Templates) -> None:
    rules = [
        rule
        for bucket in resources(engines, "AWS::S3::Bucket").values()
        for rule in bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        if rule.get("Prefix", "").startswith("partials/")
    ]
    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules} == {
        "partials/shards/": 14,
        "partials/spark/": 14,
        "partials/both/": 14,
    }


def test_emr_may_pull_the_spark_image_and_nobody_has_it_without_need(
    engines: Templates, templates: Templates
) -> None:
    engines["storage"].has_resource_properties(
        "AWS::ECR::Repository",
        {
            "RepositoryName": "tidewatch-prod/spark",
            "RepositoryPolicyText": {
                "Statement": [
                    Match.object_like({"Principal": {"Service": "emr-serverless.amazonaws.com"}})
                ],
                "Version": "2012-10-17",
            },
        },
    )
    names = {
        item["Properties"]["RepositoryName"]
        for item in resources(templates, "AWS::ECR::Repository").values()
    }
    assert names == {f"tidewatch-prod/{name}" for name in ("training", "serving", "monitoring")}


def test_the_image_and_the_application_are_of_one_release() -> None:
    dockerfile = Path(PROJECT / "images/spark/Dockerfile").read_text(encoding="utf-8")
    assert f"ARG BASE=public.ecr.aws/emr-serverless/spark/{RELEASE}:latest" in dockerfile
