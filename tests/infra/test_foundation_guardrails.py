"""What bounds the bill and what one mistake can use up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk.assertions import Template

from tests.infra.test_stacks import definition, resources

Templates = dict[str, Template]


def budgets(templates: Templates) -> dict[str, dict[str, Any]]:
    return {
        item["Properties"]["Budget"]["CostFilters"]["TagKeyValue"][0]: item["Properties"]
        for item in templates["guardrails"].find_resources("AWS::Budgets::Budget").values()
    }


def test_the_stage_and_each_model_have_a_budget_by_the_tag_they_carry(
    templates: Templates,
) -> None:
    found = budgets(templates)
    assert {tag: item["Budget"]["BudgetLimit"]["Amount"] for tag, item in found.items()} == {
        "user:tidewatch:stage$prod": 1500,
        "user:tidewatch:model$flights": 800,
    }


def test_people_are_told_before_the_money_is_spent(templates: Templates) -> None:
    for item in budgets(templates).values():
        told = {
            (notice["Notification"]["NotificationType"], notice["Notification"]["Threshold"])
            for notice in item["NotificationsWithSubscribers"]
        }
        assert told == {("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)}
        for notice in item["NotificationsWithSubscribers"]:
            chat, mail = notice["Subscribers"]
            assert (chat["SubscriptionType"], mail["SubscriptionType"]) == ("SNS", "EMAIL")
            assert "Chat" in json.dumps(chat["Address"])


def test_every_bucket_and_function_carries_the_stages_tag_and_a_models_the_models(
    templates: Templates,
) -> None:
    for kind in ("AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"):
        for name, item in resources(templates, kind).items():
            tags = {tag["Key"]: tag["Value"] for tag in item["Properties"]["Tags"]}
            assert tags["tidewatch:stage"] == "prod", name
            expected = "flights" if name.startswith("flights-") else None
            assert tags.get("tidewatch:model") == expected, name


def test_every_function_is_capped(templates: Templates) -> None:
    functions = resources(templates, "AWS::Lambda::Function")
    assert functions
    for name, function in functions.items():
        assert 1 <= function["Properties"]["ReservedConcurrentExecutions"] <= 5, name


def test_every_log_group_expires_and_is_under_the_stages_key(templates: Templates) -> None:
    groups = resources(templates, "AWS::Logs::LogGroup")
    assert groups
    for name, group in groups.items():
        assert group["Properties"]["RetentionInDays"] <= 90, name
        assert "KmsKeyId" in group["Properties"], name


def test_an_event_that_the_builder_of_images_misses_is_kept(templates: Templates) -> None:
    (rule,) = templates["images"].find_resources("AWS::Events::Rule").values()
    assert "DeadLetterConfig" in rule["Properties"]["Targets"][0]
    (function,) = templates["images"].find_resources("AWS::Lambda::Function").values()
    assert "DeadLetterConfig" in function["Properties"]


@pytest.mark.parametrize(
    ("stack", "machine", "operation"),
    [
        ("flights-training", "Machine", "createProcessingJob"),
        ("flights-training", "Machine", "createHyperParameterTuningJob"),
        ("flights-monitoring", "Machine", "createProcessingJob"),
        ("flights-serving", "Machine", "createEndpoint"),
    ],
)
def test_what_a_machine_starts_is_on_its_models_bill(
    templates: Templates, stack: str, machine: str, operation: str
) -> None:
    text = json.dumps(definition(templates, stack, machine))
    calls = text.split(f"sagemaker:{operation}")[1:]
    started = [call for call in calls if not call[0].isalpha()]
    assert started
    for call in started:
        request = call.split('"Resource"')[0]
        assert '{"Key": "tidewatch:model", "Value": "flights"}' in request
        assert '{"Key": "tidewatch:stage", "Value": "prod"}' in request
