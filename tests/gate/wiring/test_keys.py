"""Log groups, trails, access logs and roles may use the keys that they need."""

from __future__ import annotations

from typing import Any

import pytest

from gate.wiring import key_states, role_keys, service_keys
from tests.gate.wiring.templates import (
    Json,
    allow,
    arn,
    changed,
    found,
    join,
    key,
    policy,
    ref,
    resource,
    role,
    services,
)

RULES = (*key_states.RULES, *role_keys.RULES, *service_keys.RULES)
_LOGS = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]


OWNED = allow("kms:PutKeyPolicy", Principal={"AWS": {"Ref": "AWS::AccountId"}})


def bucket(own_key: Json | None = None, **properties: Any) -> Json:
    default: Json = {"SSEAlgorithm": "AES256"}
    if own_key:
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": own_key}
    rules = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default}]}
    return resource("S3::Bucket", BucketEncryption=rules, **properties)


def log_group_under(context: object) -> dict[str, Json]:
    let = allow(
        _LOGS,
        Principal={"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}},
        Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": context}},
    )
    return {
        "Key": resource("KMS::Key", KeyPolicy=policy(let, OWNED)),
        "Group": resource("Logs::LogGroup", LogGroupName="/app", KmsKeyId=arn("Key")),
    }


OF_THE_ACCOUNT = {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:*"}
OF_THE_GROUP = {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:/app"}


@pytest.mark.parametrize("context", [OF_THE_ACCOUNT, OF_THE_GROUP])
def test_a_log_group_whose_key_lets_its_service_is_fine(context: Json) -> None:
    assert found(log_group_under(context), RULES) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Principal", services("logs.us-east-1")),
        ("Action", ["kms:Decrypt", "kms:GenerateDataKey*"]),
        ("Condition.ArnLike", {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:*:x"}),
    ],
)
def test_a_log_group_whose_key_keeps_its_service_out_is_found(path: str, value: object) -> None:
    stated = f"Key.Properties.KeyPolicy.Statement.0.{path}"

    broken = changed(log_group_under(OF_THE_ACCOUNT), stated, value)

    assert found(broken, RULES) == {("wiring.log-group-key", "Group")}


ACCESS_LOGS = {
    "Target": bucket(),
    "Policy": resource(
        "S3::BucketPolicy",
        Bucket=ref("Target"),
        PolicyDocument=policy(
            allow(
                "s3:PutObject",
                join(arn("Target"), "/logs/*"),
                Principal=services("logging.s3"),
                Condition={"ArnLike": {"aws:SourceArn": arn("Source")}},
            )
        ),
    ),
    "Source": bucket(
        LoggingConfiguration={"DestinationBucketName": ref("Target"), "LogFilePrefix": "logs/"}
    ),
}
STATED = "Policy.Properties.PolicyDocument.Statement.0"


def test_a_bucket_that_takes_access_logs_is_fine() -> None:
    assert found(ACCESS_LOGS, RULES) == set()
    by_list = changed(changed(ACCESS_LOGS, "Policy", None), "Target.Properties.AccessControl", "x")
    assert (
        found(changed(by_list, "Target.Properties.AccessControl", "LogDeliveryWrite"), RULES)
        == set()
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Policy", None),
        (f"{STATED}.Resource", join(arn("Target"), "/elsewhere/*")),
        (f"{STATED}.Condition.ArnLike", {"aws:SourceArn": arn("Target")}),
    ],
)
def test_a_bucket_that_keeps_access_logs_out_is_found(path: str, value: object) -> None:
    broken = found(changed(ACCESS_LOGS, path, value), RULES)

    assert broken == {("wiring.access-log-bucket", "Source")}


def test_access_logs_under_a_key_that_keeps_their_service_out_are_found() -> None:
    sound = {**ACCESS_LOGS, "Key": key("logging.s3"), "Target": bucket(arn("Key"))}

    assert found(sound, RULES) == set()
    assert found({**sound, "Key": key()}, RULES) == {("wiring.access-log-key", "Source")}


def trail_policy(*actions: str) -> Json:
    let = [allow(action, Principal=services("cloudtrail")) for action in actions]
    return resource("S3::BucketPolicy", Bucket=ref("Target"), PolicyDocument=policy(*let))


TRAIL = {
    "Target": bucket(),
    "Key": key("cloudtrail"),
    "Policy": trail_policy("s3:GetBucketAcl", "s3:PutObject"),
    "Trail": resource("CloudTrail::Trail", S3BucketName=ref("Target"), KMSKeyId=arn("Key")),
}


def test_a_trail_that_may_write_is_fine() -> None:
    assert found(TRAIL, RULES) == set()


@pytest.mark.parametrize("action", ["s3:GetBucketAcl", "s3:PutObject"])
def test_a_trail_whose_bucket_keeps_it_out_is_found(action: str) -> None:
    broken = {**TRAIL, "Policy": trail_policy(action)}

    assert found(broken, RULES) == {("wiring.trail-bucket", "Trail")}


def test_a_trail_whose_key_keeps_it_out_is_found() -> None:
    assert found({**TRAIL, "Key": key()}, RULES) == {("wiring.trail-key", "Trail")}


USES: list[tuple[Json, str | list[str], object, list[str]]] = [
    (bucket(arn("Key")), "s3:GetObject", join(arn("It"), "/a/*"), ["kms:Decrypt"]),
    (bucket(ref("Key")), "s3:Put*", join(arn("It"), "/*"), ["kms:GenerateDataKey*"]),
    (resource("SNS::Topic", KmsMasterKeyId=arn("Key")), "sns:Publish", ref("It"), ["kms:*"]),
    (resource("SQS::Queue", KmsMasterKeyId=ref("Key")), "sqs:*", arn("It"), ["kms:*"]),
    (
        resource("SecretsManager::Secret", KmsKeyId=arn("Key")),
        "secretsmanager:GetSecretValue",
        ref("It"),
        ["kms:Decrypt"],
    ),
    (
        resource("DynamoDB::Table", SSESpecification={"KMSMasterKeyId": arn("Key")}),
        ["dynamodb:Query"],
        [arn("It"), join(arn("It"), "/index/*")],
        ["kms:Decrypt"],
    ),
]


def user(it: Json, actions: str | list[str], target: object, kms: list[str]) -> dict[str, Json]:
    return {
        "Key": key(),
        "It": it,
        "Role": role("lambda", allow(actions, target), allow(kms, arn("Key"))),
    }


@pytest.mark.parametrize(("it", "actions", "target", "kms"), USES)
def test_a_role_that_may_use_the_key_of_what_it_uses_is_fine(
    it: Json, actions: str, target: object, kms: list[str]
) -> None:
    assert found(user(it, actions, target, kms), RULES) == set()


@pytest.mark.parametrize(("it", "actions", "target", "kms"), USES)
@pytest.mark.parametrize(
    "path",
    [
        "Role.Properties.Policies.0.PolicyDocument.Statement.1",
        "Key.Properties.KeyPolicy.Statement.0",
    ],
)
def test_a_role_that_may_not_is_found(
    it: Json, actions: str, target: object, kms: list[str], path: str
) -> None:
    broken = changed(user(it, actions, target, kms), path, None)

    assert found(broken, role_keys.RULES) == {("wiring.role-key", "Role")}


def test_a_role_may_use_a_key_by_the_keys_own_policy() -> None:
    it, actions, target, _ = USES[0]
    let = allow("kms:Decrypt", Principal={"AWS": arn("Role")})
    own = {
        "Key": resource("KMS::Key", KeyPolicy=policy(let, OWNED)),
        "It": it,
        "Role": role("lambda", allow(actions, target)),
    }

    assert found(own, RULES) == set()


def test_a_key_let_through_another_service_only_is_found() -> None:
    it, actions, target, kms = USES[0]
    sound = user(it, actions, target, kms)
    through = {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"}
    condition: Json = {"StringEquals": {"kms:ViaService": through}}
    stated = "Role.Properties.Policies.0.PolicyDocument.Statement.1.Condition"

    assert found(changed(sound, stated, condition), RULES) == set()
    condition["StringEquals"] = {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}
    assert found(changed(sound, stated, condition), RULES) == {("wiring.role-key", "Role")}


def test_a_role_with_a_policy_from_elsewhere_is_left_alone() -> None:
    it, actions, target, _ = USES[0]
    unknown = user(it, actions, target, ["s3:ListBucket"])
    unknown["Role"]["Properties"]["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/PowerUser"]

    assert found(unknown, RULES) == set()


def test_a_boundary_that_leaves_the_key_out_is_found() -> None:
    it, actions, target, kms = USES[0]
    bounded = user(it, actions, target, kms)
    bounded["Role"]["Properties"]["PermissionsBoundary"] = ref("Boundary")
    bounded["Boundary"] = resource("IAM::ManagedPolicy", PolicyDocument=policy(allow("*")))

    assert found(bounded, RULES) == set()
    bounded["Boundary"] = resource("IAM::ManagedPolicy", PolicyDocument=policy(allow("s3:*")))
    assert found(bounded, RULES) == {("wiring.role-key", "Role")}


@pytest.mark.parametrize(
    ("setting", "value"), [("Enabled", False), ("KeyUsage", "SIGN_VERIFY"), ("KeySpec", "RSA_2048")]
)
def test_a_key_that_cannot_encrypt_is_found(setting: str, value: object) -> None:
    sound = {"Key": key(), "Bucket": bucket(arn("Key"))}

    broken = changed(sound, f"Key.Properties.{setting}", value)

    assert found(sound, RULES) == set()
    assert found(broken, RULES) == {("wiring.key-state", "Bucket")}


def test_a_key_that_nobody_could_ever_manage_is_found() -> None:
    locked = changed({"Key": key("events")}, "Key.Properties.KeyPolicy.Statement.0", None)

    assert found({"Key": key("events")}, RULES) == set()
    assert found(locked, RULES) == {("wiring.key-lockout", "Key")}
