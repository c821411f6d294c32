"""What is kept: under which ids, who may use its key, and how long."""

from __future__ import annotations

import json
from typing import Any

from aws_cdk.assertions import Match, Template

from tests.infra.test_stacks import resources

Templates = dict[str, Template]

# A stateful resource whose logical id changes is a new, empty one. Change nothing here.
PINNED = {
    "AWS::KMS::Key": {"Key961B73FD"},
    "AWS::S3::Bucket": {
        "AccessLogs8B620ECA",
        "Artifacts82DD59A1",
        "Capture4F9379E3",
        "HistoryC127576E",
        "Raw72517081",
        "Reports65402A0A",
    },
    "AWS::ECR::Repository": {
        "ImagesMonitoring767E25B0",
        "ImagesServingC6EB27F4",
        "ImagesTrainingDA552F51",
    },
}


def test_stateful_resources_keep_their_logical_ids(templates: Templates) -> None:
    found = {kind: set(templates["storage"].find_resources(kind)) for kind in PINNED}
    assert found == PINNED


def test_no_other_stack_holds_data(templates: Templates) -> None:
    for kind in PINNED:
        assert {name.split("/")[0] for name in resources(templates, kind)} == {"storage"}


def key_statements(templates: Templates) -> list[dict[str, Any]]:
    (key,) = templates["storage"].find_resources("AWS::KMS::Key").values()
    found: list[dict[str, Any]] = key["Properties"]["KeyPolicy"]["Statement"]
    return found


def test_the_key_is_open_to_the_services_that_deliver_and_to_no_other(
    templates: Templates,
) -> None:
    delivering, logs = [
        statement["Principal"]["Service"]
        for statement in key_statements(templates)
        if "Service" in statement["Principal"]
    ]
    assert delivering == [f"{name}.amazonaws.com" for name in ("aps", "budgets", "cloudwatch")]
    assert logs["Fn::Join"][1][0] == "logs."


def test_every_service_uses_the_key_for_this_account_only(templates: Templates) -> None:
    for statement in key_statements(templates):
        if "Service" not in statement["Principal"]:
            continue
        condition = json.dumps(statement["Condition"])
        assert "AWS::AccountId" in condition
        assert "aws:SourceAccount" in condition or "kms:EncryptionContext:aws:logs" in condition


def test_every_bucket_but_the_log_itself_logs_its_requests(templates: Templates) -> None:
    buckets = templates["storage"].find_resources("AWS::S3::Bucket")
    prefixes = {
        name: bucket["Properties"].get("LoggingConfiguration", {}).get("LogFilePrefix")
        for name, bucket in buckets.items()
    }
    (unlogged,) = [name for name, prefix in prefixes.items() if prefix is None]
    assert unlogged.startswith("AccessLogs")
    assert len(set(prefixes.values())) == len(buckets)


def test_only_log_delivery_for_our_own_buckets_writes_the_access_logs(
    templates: Templates,
) -> None:
    (policy,) = [
        policy["Properties"]["PolicyDocument"]["Statement"]
        for name, policy in templates["storage"].find_resources("AWS::S3::BucketPolicy").items()
        if name.startswith("AccessLogs")
    ]
    allowed = [statement for statement in policy if statement["Effect"] == "Allow"]
    assert len(allowed) == 5
    for statement in allowed:
        assert statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}
        assert statement["Action"] == "s3:PutObject"
        assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]
        assert "aws:SourceArn" in statement["Condition"]["ArnLike"]


def test_captured_requests_and_query_results_expire_and_old_versions_everywhere(
    templates: Templates,
) -> None:
    buckets = templates["storage"].find_resources("AWS::S3::Bucket")
    rules = {
        name: bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        for name, bucket in buckets.items()
    }
    for listed in rules.values():
        assert any("NoncurrentVersionExpiration" in rule for rule in listed)
    expiring = {
        (name.rstrip("0123456789ABCDEF"), rule.get("Prefix", ""), rule["ExpirationInDays"])
        for name, listed in rules.items()
        for rule in listed
        if "ExpirationInDays" in rule
    }
    assert ("Capture", "", 90) in expiring
    assert ("Reports", "query-results/", 30) in expiring
    assert not [name for name, _, _ in expiring if name in {"Raw", "History"}]


def test_images_are_scanned_never_overwritten_and_the_serving_ones_kept_long(
    templates: Templates,
) -> None:
    for name, item in templates["storage"].find_resources("AWS::ECR::Repository").items():
        properties = item["Properties"]
        assert properties["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert properties["ImageTagMutability"] == "IMMUTABLE"
        assert properties["EncryptionConfiguration"]["EncryptionType"] == "KMS"
        rules = json.loads(properties["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
        (kept,) = [
            rule["selection"]["countNumber"]
            for rule in rules
            if rule["selection"]["tagStatus"] == "any"
        ]
        assert kept == (200 if "Serving" in name else 20)


def test_the_history_can_be_queried_by_the_names_of_its_delta_tables(
    templates: Templates,
) -> None:
    tables = {
        item["Properties"]["TableInput"]["Name"]: item["Properties"]["TableInput"]
        for item in templates["storage"].find_resources("AWS::Glue::Table").values()
    }
    places = {
        name: table["StorageDescriptor"]["Location"]["Fn::Join"][1][-1]
        for name, table in tables.items()
    }
    assert places == {
        "metrics": "/metrics",
        "quarantine": "/quarantine",
        "prediction_log_flights": "/prediction_log/flights",
        "labels_flights": "/labels/flights",
    }
    for table in tables.values():
        assert table["Parameters"]["spark.sql.sources.provider"] == "delta"
        descriptor = table["StorageDescriptor"]
        assert descriptor["SerdeInfo"]["Parameters"]["path"] == descriptor["Location"]


def test_a_query_is_bounded_and_its_results_encrypted_whatever_its_author_asks(
    templates: Templates,
) -> None:
    templates["storage"].has_resource_properties(
        "AWS::Athena::WorkGroup",
        {
            "WorkGroupConfiguration": {
                "BytesScannedCutoffPerQuery": 100 * 10**9,
                "EnforceWorkGroupConfiguration": True,
                "ResultConfiguration": Match.object_like(
                    {
                        "EncryptionConfiguration": Match.object_like(
                            {"EncryptionOption": "SSE_KMS"}
                        ),
                        "ExpectedBucketOwner": {"Ref": "AWS::AccountId"},
                    }
                ),
            }
        },
    )
