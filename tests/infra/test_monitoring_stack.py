"""Monitoring: when it runs, what is told when it does not, and what its jobs run in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.assertions import Template

from stacks.constructs.monitoring_schedule import MonitoringSchedule
from tests.infra.test_stacks import definition
from tidewatch.core.config.schedule import Schedule

Templates = dict[str, Template]
Json = dict[str, Any]


def scheduled(schedule: Schedule | None, rate: timedelta = timedelta(minutes=30)) -> Json:
    stack = cdk.Stack()
    machine = sfn.StateMachine(
        stack, "Machine", definition_body=sfn.DefinitionBody.from_string('{"StartAt": "a"}')
    )
    MonitoringSchedule(
        stack,
        "Schedule",
        machine=machine,
        schedule=schedule,
        rate=rate,
        undelivered=sqs.Queue(stack, "Undelivered"),
    )
    (found,) = Template.from_stack(stack).find_resources("AWS::Scheduler::Schedule").values()
    properties: Json = found["Properties"]
    return properties


def alarms(templates: Templates) -> list[Json]:
    found = templates["flights-monitoring"].find_resources("AWS::CloudWatch::Alarm").values()
    return [item["Properties"] for item in found]


@pytest.mark.parametrize(
    ("schedule", "expected", "zone"),
    [
        (None, "rate(30 minutes)", "Etc/UTC"),
        (Schedule(every="hour", at="00:20"), "cron(20 * * * ? *)", "UTC"),
        (
            Schedule(every="day", at="05:00", time_zone="Europe/Berlin"),
            "cron(0 5 * * ? *)",
            "Europe/Berlin",
        ),
        (Schedule(every="week", on="SUN", at="22:15"), "cron(15 22 ? * SUN *)", "UTC"),
    ],
)
def test_a_model_says_when_its_monitors_run_and_else_the_stage_does(
    schedule: Schedule | None, expected: str, zone: str
) -> None:
    found = scheduled(schedule)
    assert found["ScheduleExpression"] == expected
    assert found["ScheduleExpressionTimezone"] == zone


def test_a_start_may_be_spread_over_some_minutes() -> None:
    spread = Schedule(every="day", spread=timedelta(minutes=15))
    assert scheduled(spread)["FlexibleTimeWindow"] == {
        "Mode": "FLEXIBLE",
        "MaximumWindowInMinutes": 15,
    }
    assert scheduled(None)["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_a_start_is_tried_again_then_kept_and_not_made_too_late() -> None:
    target = scheduled(None)["Target"]
    assert json.loads(target["Input"]) == {"window": "due"}
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600}
    assert target["DeadLetterConfig"]["Arn"]


def test_what_is_not_delivered_is_told(templates: Templates) -> None:
    queues = templates["flights-monitoring"].find_resources("AWS::SQS::Queue")
    found = [item for item in alarms(templates) if item["Namespace"] == "AWS/SQS"]
    watched = {item["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for item in found}
    assert watched == set(queues)
    for queue in queues.values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True
    for alarm in found:
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
        assert alarm["AlarmActions"]


def test_the_end_of_a_failed_or_endless_run_is_told(templates: Templates) -> None:
    found = [item for item in alarms(templates) if item["Namespace"] == "AWS/States"]
    machines = sorted(
        (item["MetricName"], item["Dimensions"][0]["Value"]["Ref"].rstrip("0123456789ABCDEF"))
        for item in found
    )
    assert machines == [
        ("ExecutionsFailed", "Machine"),
        ("ExecutionsFailed", "ReportMachine"),
        ("ExecutionsTimedOut", "Machine"),
        ("ExecutionsTimedOut", "ReportMachine"),
    ]


@pytest.mark.parametrize("variant", ["champion", "challenger"])
def test_answers_that_were_not_captured_are_told_per_variant(
    templates: Templates, variant: str
) -> None:
    (found,) = [
        item
        for item in alarms(templates)
        if item["MetricName"] == "capture_critical"
        and {"Name": "Variant", "Value": variant} in item["Dimensions"]
    ]
    assert found["Namespace"] == "Tidewatch"
    assert {"Name": "Model", "Value": "flights"} in found["Dimensions"]
    assert "less than 99% of an hour's answers" in found["AlarmDescription"]
    assert found["AlarmActions"]


def test_the_prediction_log_alone_may_read_metrics(templates: Templates) -> None:
    policies = templates["flights-monitoring"].find_resources("AWS::IAM::Policy")
    reading = [name for name, item in policies.items() if "GetMetricData" in json.dumps(item)]
    assert len(reading) == 1
    assert reading[0].startswith("predictionlog")


def test_a_run_judges_the_windows_it_is_told(templates: Templates) -> None:
    """`{"window": "due"}`, or `{"window": "<start>/<end>"}` for one: now, or again."""
    machine = definition(templates, "flights-monitoring", "Machine")
    jobs = [machine["States"]["Run prediction_log"]] + [
        state
        for branch in machine["States"]["Judge windows"]["Branches"]
        for state in branch["States"].values()
        if state["Type"] == "Task"
    ]
    assert len(jobs) == 3
    for job in jobs:
        assert job["Parameters"]["Environment"]["WINDOW.$"] == "$.window"


def test_every_try_of_every_job_in_a_row_fits_into_a_run(templates: Templates) -> None:
    machine = definition(templates, "flights-monitoring", "Machine")
    job = machine["States"]["Run prediction_log"]
    tries = 1 + sum(retry["MaxAttempts"] for retry in job["Retry"])
    assert machine["TimeoutSeconds"] > 4 * tries * job["TimeoutSeconds"]


def test_monitoring_jobs_reach_their_services_under_the_stages_key(templates: Templates) -> None:
    machine = definition(templates, "flights-monitoring", "Machine")
    request = machine["States"]["Run prediction_log"]["Parameters"]
    assert request["NetworkConfig"]["EnableNetworkIsolation"] is False
    assert request["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == "TOKEN"


def test_a_monitor_that_fails_for_good_does_not_end_the_other(templates: Templates) -> None:
    states = definition(templates, "flights-monitoring", "Machine")["States"]
    for branch, monitor in zip(
        states["Judge windows"]["Branches"], ("data_monitor", "model_monitor"), strict=True
    ):
        (catch,) = branch["States"][f"Run {monitor}"]["Catch"]
        assert catch == {
            "ErrorEquals": ["States.ALL"],
            "ResultPath": "$.failure",
            "Next": f"Keep failure of {monitor}",
        }
        assert branch["States"][catch["Next"]] == {"Type": "Pass", "End": True}


def test_a_run_in_which_a_monitor_failed_has_failed_for_the_same_reason(
    templates: Templates,
) -> None:
    states = definition(templates, "flights-monitoring", "Machine")["States"]
    outcome = states[states["Judge windows"]["Next"]]
    both, *one = outcome["Choices"]
    assert both["And"] == [
        {"Variable": f"$[{index}].failure", "IsPresent": True} for index in (0, 1)
    ]
    assert states[both["Next"]] == {
        "Type": "Fail",
        "Error": "MonitorsFailed",
        "CausePath": (
            "States.Format('data_monitor: {}; model_monitor: {}',"
            " $[0].failure.Cause, $[1].failure.Cause)"
        ),
    }
    for index, (rule, monitor) in enumerate(
        zip(one, ("data_monitor", "model_monitor"), strict=True)
    ):
        failure = f"$[{index}].failure"
        assert (rule["Variable"], rule["IsPresent"]) == (failure, True)
        assert rule["Next"] == f"{monitor} failed"
        assert states[rule["Next"]] == {
            "Type": "Fail",
            "ErrorPath": f"{failure}.Error",
            "CausePath": f"{failure}.Cause",
        }
    assert states[outcome["Default"]] == {"Type": "Succeed"}
