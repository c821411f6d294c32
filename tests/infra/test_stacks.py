"""What the templates promise: protection, encryption, least privilege, and whole workflows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from tests.infra.conftest import PROJECT

Templates = dict[str, Template]
CLIENT = re.compile(r'boto3\.client\("([a-z0-9-]+)"\)')


def resources(templates: Templates, kind: str) -> dict[str, dict[str, Any]]:
    return {
        f"{stack}/{name}": dict(resource)
        for stack, template in templates.items()
        for name, resource in template.find_resources(kind).items()
    }


def definition(templates: Templates, stack: str, name: str) -> dict[str, Any]:
    machines = templates[stack].find_resources("AWS::StepFunctions::StateMachine")
    (machine,) = [item for key, item in machines.items() if key.startswith(name)]
    join = machine["Properties"]["DefinitionString"]["Fn::Join"][1]
    loaded: dict[str, Any] = json.loads(
        "".join(part if isinstance(part, str) else "TOKEN" for part in join)
    )
    return loaded


def test_a_model_has_four_stacks_beside_the_shared_ones(templates: Templates) -> None:
    assert set(templates) == {
        "storage",
        "images",
        "network",
        "tracking",
        "alerting",
        "observability",
        "guardrails",
        "flights-training",
        "flights-serving",
        "flights-monitoring",
        "flights-health",
    }


def test_stateful_resources_outlive_a_protected_stage(templates: Templates) -> None:
    for kind in ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::ECR::Repository"):
        found = resources(templates, kind)
        assert found
        assert {item["DeletionPolicy"] for item in found.values()} == {"Retain"}


def test_every_bucket_is_encrypted_versioned_private_and_tls_only(templates: Templates) -> None:
    for name, bucket in resources(templates, "AWS::S3::Bucket").items():
        properties = bucket["Properties"]
        rule = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        # S3 delivers its access logs to no bucket under another's key.
        algorithm = "AES256" if name.startswith("storage/AccessLogs") else "aws:kms"
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == algorithm
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert all(properties["PublicAccessBlockConfiguration"].values())
    policies = resources(templates, "AWS::S3::BucketPolicy")
    assert len(policies) == len(resources(templates, "AWS::S3::Bucket"))
    for policy in policies.values():
        assert any(
            statement["Effect"] == "Deny"
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        )


def test_roles_of_jobs_are_assumed_by_sagemaker_in_this_account_only(
    templates: Templates,
) -> None:
    roles = [
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
        for role in resources(templates, "AWS::IAM::Role").values()
    ]
    jobs = [item for item in roles if item["Principal"] == {"Service": "sagemaker.amazonaws.com"}]
    assert len(jobs) == 10
    for statement in jobs:
        assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]


# Actions that have no resource to name, or are narrowed by a condition instead.
WITHOUT_RESOURCE = {
    "ecr:GetAuthorizationToken",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData",
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}


def test_no_policy_allows_everything_or_all_resources_without_a_reason(
    templates: Templates,
) -> None:
    for name, policy in resources(templates, "AWS::IAM::Policy").items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            actions = [actions] if isinstance(actions, str) else actions
            assert not [action for action in actions if action.endswith(":*")], name
            if statement["Resource"] == "*":
                assert set(actions) <= WITHOUT_RESOURCE, name


def test_passing_a_role_is_limited_to_sagemaker(templates: Templates) -> None:
    found = 0
    for policy in resources(templates, "AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if statement["Action"] == "iam:PassRole":
                found += 1
                assert statement["Condition"] == {
                    "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
                }
    assert found >= 3


def after(state: dict[str, Any]) -> str | None:
    """The state that follows; after a choice, that of its first rule."""
    found: str | None = state.get("Next") or state.get("Choices", [{}])[0].get("Next")
    return found


def test_training_runs_its_steps_in_order(templates: Templates) -> None:
    machine = definition(templates, "flights-training", "Machine")
    order = [machine["StartAt"]]
    while (following := after(machine["States"][order[-1]])) is not None:
        order.append(following)
    assert order == [
        "Plan run",
        "Its turn?",
        "Prepare data",
        "Tune hyperparameters",
        "Evaluate best trial",
        "Register version",
    ]


def test_tuning_starts_at_least_eight_jobs_and_reads_its_objective_from_the_log(
    templates: Templates,
) -> None:
    machine = definition(templates, "flights-training", "Machine")
    request = machine["States"]["Tune hyperparameters"]["Parameters"]
    limits = request["HyperParameterTuningJobConfig"]["ResourceLimits"]
    assert limits["MaxNumberOfTrainingJobs"] >= 8
    (metric,) = request["TrainingJobDefinition"]["AlgorithmSpecification"]["MetricDefinitions"]
    objective = request["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    assert metric["Name"] == objective["MetricName"]


def test_names_of_jobs_fit_what_sagemaker_allows(templates: Templates) -> None:
    machine = definition(templates, "flights-training", "Machine")
    request = machine["States"]["Tune hyperparameters"]["Parameters"]
    prefix = request["HyperParameterTuningJobName.$"].split("'")[1].removesuffix("-{}")
    assert len(prefix) + 1 + 12 <= 32


def test_approval_of_this_models_versions_starts_the_release(templates: Templates) -> None:
    templates["flights-serving"].has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["aws.sagemaker"],
                "detail-type": ["SageMaker Model Package State Change"],
                "detail": {
                    "ModelPackageGroupName": ["flights"],
                    "ModelApprovalStatus": ["Approved"],
                },
            }
        },
    )


def test_a_release_captures_requests_and_answers(templates: Templates) -> None:
    machine = definition(templates, "flights-serving", "Machine")
    capture = machine["States"]["Create endpoint configuration"]["Parameters"]["DataCaptureConfig"]
    assert capture["EnableCapture"] is True
    assert capture["CaptureOptions"] == [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}]


def test_cloudformation_owns_no_endpoint_so_a_redeploy_keeps_what_is_live(
    templates: Templates,
) -> None:
    for kind in ("Endpoint", "EndpointConfig", "Model"):
        assert not resources(templates, f"AWS::SageMaker::{kind}")


def test_monitoring_is_scheduled_and_what_is_not_delivered_is_kept(templates: Templates) -> None:
    schedules = resources(templates, "AWS::Scheduler::Schedule").values()
    assert len(schedules) == 2
    for schedule in schedules:
        assert "DeadLetterConfig" in schedule["Properties"]["Target"]


def test_a_critical_verdict_reaches_retraining(templates: Templates) -> None:
    templates["flights-monitoring"].has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": Match.object_like(
                {"detail": {"model": ["flights"], "verdict": ["critical"]}}
            ),
            "State": "ENABLED",
        },
    )


@pytest.mark.parametrize("word", ["AKIA", "BEGIN PRIVATE KEY", "password"])
def test_no_template_holds_a_secret(templates: Templates, word: str) -> None:
    for template in templates.values():
        text = json.dumps(template.to_json()).lower()
        for innocent in ("passwordlength", "get-login-password", "--password-stdin"):
            text = text.replace(innocent, "")
        assert word.lower() not in text


def test_the_lambda_package_holds_what_the_handlers_call_and_little_more(
    lambda_package: Path,
) -> None:
    handlers = (PROJECT / "lambdas").rglob("*.py")
    called = {name for file in handlers for name in CLIENT.findall(file.read_text())}
    models = lambda_package / "botocore" / "data"
    assert {item.name for item in models.iterdir() if item.is_dir()} == called
    size = sum(file.stat().st_size for file in lambda_package.rglob("*") if file.is_file())
    assert size < 15e6


def test_a_job_that_judges_nothing_announces_nothing(templates: Templates) -> None:
    policies = templates["flights-monitoring"].find_resources("AWS::IAM::Policy")
    announcing = {
        name for name, policy in policies.items() if "events:PutEvents" in json.dumps(policy)
    }
    assert len(announcing) == 3
    assert not [name for name in announcing if name.lower().startswith("report")]
