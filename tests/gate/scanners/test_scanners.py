"""Each scanner's verdict becomes findings that name the stack and the resource."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from gate.finding import Finding
from gate.scanners import bandit, cdk_nag, cfn_lint, checkov, secrets

Scan = Callable[[Path], Iterable[Finding]]

PRIVATE = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True}
OPEN_ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
    },
}
GROUP = {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": "reports"}}


def write(folder: Path, **resources: Any) -> Path:
    template = {"Resources": {"Group": GROUP, **resources}}
    (folder / "one.template.json").write_text(json.dumps(template, indent=1))
    return folder


def found(scan: Scan, folder: Path) -> set[tuple[str, str]]:
    return {(finding.rule, finding.resource) for finding in scan(folder)}


@pytest.mark.parametrize(
    ("scan", "resource", "finding"),
    [
        (
            cfn_lint.scan,
            {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": "soon"}},
            ("cfn-lint.E3012", "one/Fault"),
        ),
        (cfn_lint.scan, {"Type": "AWS::SQS::Quack"}, ("cfn-lint.E3006", "one/Fault")),
        (
            cdk_nag.scan,
            OPEN_ROLE,
            (
                "cdk-nag.AwsSolutions-IAM4[Policy::arn:aws:iam::aws:policy/AdministratorAccess]",
                "one/Fault",
            ),
        ),
        (checkov.scan, {"Type": "AWS::S3::Bucket"}, ("checkov.CKV_AWS_53", "one/Fault")),
        (
            secrets.scan_assembly,
            {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Environment": {"Variables": {"A": "AKIAQYLPMN5HFIQR7XYA"}}},
            },
            ("secrets.aws-access-key", "one.template.json"),
        ),
        (
            secrets.scan_assembly,
            {
                "Type": "AWS::CodeBuild::Project",
                "Properties": {
                    "Environment": {
                        "EnvironmentVariables": [{"Name": "DB_PASSWORD", "Value": "Tr0ub4dor&3x"}]
                    }
                },
            },
            ("secrets.secret-keyword", "one/Fault"),
        ),
    ],
    ids=["type of a property", "unknown type", "administrator", "bucket", "key", "password"],
)
def test_a_fault_is_found_and_a_sound_template_is_not(
    tmp_path: Path, scan: Scan, resource: Any, finding: tuple[str, str]
) -> None:
    sound, faulty = tmp_path / "sound", tmp_path / "faulty"
    sound.mkdir()
    faulty.mkdir()
    assert found(scan, write(sound)) == set()
    assert finding in found(scan, write(faulty, Fault=resource))


# checkov passes over what is no JSON; `template.unreadable` names it.
@pytest.mark.parametrize("scan", [cfn_lint.scan, cdk_nag.scan])
def test_a_template_that_a_scanner_cannot_read_is_a_finding(tmp_path: Path, scan: Scan) -> None:
    (tmp_path / "one.template.json").write_text('{"Resources": {"A": ')
    (tmp_path / "two.template.json").write_text(json.dumps({"Resources": {"Group": GROUP}}))
    assert [resource.split("/")[0].split(".")[0] for _, resource in found(scan, tmp_path)]


def test_code_that_an_assembly_uploads_is_judged_but_not_what_an_installer_put_there(
    tmp_path: Path,
) -> None:
    write(tmp_path)
    asset = tmp_path / "asset.abc"
    (asset / "lib-1.dist-info").mkdir(parents=True)
    (asset / "lib-1.dist-info" / "RECORD").write_text("lib.py,,\n")
    for name in ("lib.py", "handler.py"):
        (asset / name).write_text(
            f"# {name}\nimport pickle\npickle.loads(open('x', 'rb').read())\n"
        )
    assert {resource for _, resource in found(bandit.scan_assembly, tmp_path)} == {
        "asset.abc/handler.py"
    }
