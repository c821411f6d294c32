"""Least privilege: what was seen is allowed, what is allowed was seen, and nothing is spare."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.assembly import Assembly
from gate.iam import evidence, reasons
from gate.iam.actions import expanded
from gate.iam.evidence import Call, Evidence
from gate.iam.proof import cases, prove, scan
from gate.iam.reasons import Reason
from tests.gate.iam.templates import Json, allow, assembly, policy, role, trust

STACK = "tidewatch-dev-work"
SAGEMAKER = trust({"Service": "sagemaker.amazonaws.com"})
BUCKET = {"Fn::GetAtt": ["Raw", "Arn"]}
OBJECTS = {"Fn::Join": ["", [BUCKET, "/flights/*"]]}
KEY = {"Fn::GetAtt": ["Key", "Arn"]}
READ = allow("s3:GetObject", OBJECTS)
LIST = allow("s3:ListBucket", BUCKET, Condition={"StringLike": {"s3:prefix": ["flights/*"]}})
DECRYPT = allow("kms:Decrypt", KEY)
PULL = allow("ecr:GetAuthorizationToken", "*")

SEEN = {
    "work/Role": frozenset(
        {
            Call("s3:GetObject", "arn:aws:s3:::{work.Raw}/flights/~"),
            Call("s3:ListBucket", "arn:aws:s3:::{work.Raw}", (("s3:prefix", "flights/~"),)),
        }
    )
}
ALLOWED = (
    Reason(("ecr:GetAuthorizationToken",), "images are pulled", service="sagemaker.amazonaws.com"),
)


def a_stage(folder: Path, *statements: Json) -> Assembly:
    encryption = {
        "ServerSideEncryptionConfiguration": [
            {
                "ServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
                }
            }
        ]
    }
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
        "Raw": {"Type": "AWS::S3::Bucket", "Properties": {"BucketEncryption": encryption}},
        "Role": role(assumed_by=SAGEMAKER),
        "Policy": policy("Role", *statements),
    }
    return assembly(folder, resources, STACK)


def found(
    folder: Path,
    *statements: Json,
    seen: Evidence = SEEN,
    allowed: tuple[Reason, ...] = ALLOWED,
) -> list[tuple[str, str]]:
    proven = prove(a_stage(folder, *statements), "dev", seen, allowed)
    return [(finding.rule, finding.reason.split(";")[0]) for finding in proven]


def rules(folder: Path, *statements: Json) -> set[str]:
    return {rule for rule, _ in found(folder, *statements)}


def test_a_role_that_may_do_what_it_did_and_no_more_is_proven(tmp_path: Path) -> None:
    assert found(tmp_path, READ, LIST, DECRYPT, PULL) == []


@pytest.mark.parametrize("missing", [READ, LIST, DECRYPT])
def test_a_call_that_is_not_allowed_is_found(tmp_path: Path, missing: Json) -> None:
    kept = [statement for statement in (READ, LIST, DECRYPT, PULL) if statement is not missing]
    [(rule, reason)] = found(tmp_path, *kept)
    assert rule == "iam.denied-call"
    assert str(missing["Action"]) in reason


def test_the_key_of_an_encrypted_bucket_is_needed_although_nobody_called_it(tmp_path: Path) -> None:
    [(rule, reason)] = found(tmp_path, READ, LIST, PULL)
    assert rule == "iam.denied-call"
    assert "kms:Decrypt on arn:aws:kms:{region}:{account}:key/{work.Key}" in reason


def test_a_denied_call_is_not_allowed(tmp_path: Path) -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    assert "iam.denied-call" in rules(tmp_path, READ, LIST, DECRYPT, PULL, deny)


def test_a_call_outside_of_its_condition_is_not_allowed(tmp_path: Path) -> None:
    other = allow("s3:ListBucket", BUCKET, Condition={"StringLike": {"s3:prefix": ["trains/*"]}})
    assert "iam.denied-call" in rules(tmp_path, READ, other, DECRYPT, PULL)


@pytest.mark.parametrize(
    ("spare", "said"),
    [
        (allow("s3:PutObject", OBJECTS), "s3:PutObject on"),
        (allow("s3:GetObject", "arn:aws:s3:::elsewhere/*"), "s3:GetObject on arn:aws:s3:::else"),
        (allow("kms:GenerateDataKey", KEY), "kms:GenerateDataKey on"),
    ],
)
def test_an_action_that_nobody_was_seen_to_need_is_found(
    tmp_path: Path, spare: Json, said: str
) -> None:
    reported = dict(found(tmp_path, READ, LIST, DECRYPT, PULL, spare))
    assert said in reported["iam.unused-action"]
    assert "work/Role" in reported["iam.unused-action"]


def test_an_action_written_with_a_wildcard_is_found(tmp_path: Path) -> None:
    wide = allow("s3:Get*", OBJECTS)
    assert "iam.wildcard-action" in rules(tmp_path, wide, LIST, DECRYPT, PULL)


def test_a_statement_that_says_again_what_another_says_is_found(tmp_path: Path) -> None:
    again = allow("s3:GetObject", {"Fn::Join": ["", [BUCKET, "/*"]]})
    assert "iam.unneeded-statement" in rules(tmp_path, READ, LIST, DECRYPT, PULL, again)


def test_a_reasoned_action_that_a_role_lacks_is_found(tmp_path: Path) -> None:
    [(rule, reason)] = found(tmp_path, READ, LIST, DECRYPT)
    assert rule == "iam.missing-action"
    assert "ecr:GetAuthorizationToken" in reason


def test_a_reason_that_is_about_other_roles_does_not_speak_for_this_one(tmp_path: Path) -> None:
    other = (Reason(("ecr:GetAuthorizationToken",), "for others", roles=("other/*",)),)
    reported = found(tmp_path, READ, LIST, DECRYPT, PULL, allowed=other)
    assert "iam.unused-action" in {rule for rule, _ in reported}


def test_a_reason_for_what_the_stage_does_not_have_does_not_count(tmp_path: Path) -> None:
    network = Reason(("ec2:CreateNetworkInterface",), "jobs in a VPC", when="AWS::EC2::VPC")
    reported = found(tmp_path, READ, LIST, DECRYPT, PULL, allowed=(*ALLOWED, network))
    assert reported == []


def test_removing_any_one_statement_is_noticed(tmp_path: Path) -> None:
    [case] = cases(a_stage(tmp_path, READ, LIST, DECRYPT, PULL), "dev", SEEN, ALLOWED)
    assert case.is_enough(case.role)
    for statement in case.role.statements:
        assert not case.is_enough(case.role.without(statement))


def test_a_folder_without_the_stages_roles_is_no_proof(tmp_path: Path) -> None:
    a_stage(tmp_path)
    [finding] = scan(tmp_path)
    assert finding.rule == "iam.no-stage"


def test_evidence_is_read_as_it_was_written(tmp_path: Path) -> None:
    evidence.write(SEEN, tmp_path / "seen.json")
    assert evidence.read(tmp_path / "seen.json") == SEEN


def test_every_entry_of_the_list_has_a_reason_and_actions_by_name() -> None:
    entries = reasons.read()
    assert entries
    for entry in entries:
        assert len(entry.reason) > 20
        assert entry.actions
        assert not [action for action in entry.actions if "*" in action]


def test_every_action_that_is_recorded_or_listed_is_one_that_iam_knows() -> None:
    recorded = {call.action for calls in evidence.read().values() for call in calls}
    listed = {action for entry in reasons.read() for action in entry.actions if ":" in action}
    # It is younger than the list of actions.
    known = {"sagemaker:CallMlflowAppApi"}
    assert [action for action in sorted((recorded | listed) - known) if not expanded(action)] == []


def test_the_emulators_actions_are_those_that_aws_asks_for() -> None:
    """What an S3 call needs is not its name: `HeadObject` asks for `s3:GetObject`."""
    recorded = {call.action for calls in evidence.read().values() for call in calls}
    of_s3 = {action for action in recorded if action.startswith("s3:")}
    assert of_s3 <= {"s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject"}
