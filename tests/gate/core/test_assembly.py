"""An assembly is read whole: every stack, every reference across stacks, every asset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate.assembly import Assembly
from gate.manifest import AssemblyError
from gate.reading import is_known
from tests.gate.core.conftest import Write

QUEUE = {"Type": "AWS::SQS::Queue"}
EXPORTS = {
    "Resources": {"Queue": QUEUE},
    "Outputs": {
        "Arn": {
            "Value": {"Fn::GetAtt": ["Queue", "Arn"]},
            "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:queue"}},
        }
    },
}


def imports(name: str) -> dict[str, Any]:
    rule = {"Targets": [{"Id": "1", "Arn": {"Fn::ImportValue": name}}]}
    return {"Resources": {"Rule": {"Type": "AWS::Events::Rule", "Properties": rule}}}


def test_of_a_template_by_itself_what_it_imports_is_not_known(assembled: Write) -> None:
    template = imports("one:queue")
    target = template["Resources"]["Rule"]["Properties"]["Targets"][0]
    target["Id"] = {"Fn::Select": [4, {"Fn::Split": [":", {"Fn::ImportValue": "one:arn"}]}]}
    assembly = assembled(two=template)
    (rule,) = assembly.resources("AWS::Events::Rule")
    (found,) = rule.properties["Targets"]
    assert not is_known(found["Arn"])
    assert not is_known(found["Id"])
    assert not assembly.faults


def test_a_value_imported_from_another_stack_points_at_its_resource(assembled: Write) -> None:
    assembly = assembled(one=EXPORTS, two=imports("one:queue"))
    (rule,) = assembly.resources("AWS::Events::Rule")
    found = assembly.at(rule.properties["Targets"][0]["Arn"])
    assert found is not None
    assert (found.name, found.type) == ("one/Queue", "AWS::SQS::Queue")
    assert not assembly.faults


def test_an_import_that_no_stack_exports_is_found(assembled: Write) -> None:
    assembly = assembled(one=EXPORTS, two=imports("one:nothing"))
    (fault,) = assembly.faults
    assert (fault.rule, fault.resource) == ("template.reference", "two/Rule")
    assert "one:nothing" in fault.reason


def test_a_template_by_itself_may_import_what_is_not_at_hand(assembled: Write) -> None:
    assert not assembled(two=imports("one:queue")).faults


@pytest.mark.parametrize(
    "properties",
    [
        {"QueueName": {"Ref": "Gone"}},
        {"KmsMasterKeyId": {"Fn::GetAtt": ["Gone", "Arn"]}},
        {"Tags": [{"Key": "a", "Value": {"Fn::Sub": "${Gone}"}}]},
    ],
)
def test_a_reference_to_a_deleted_resource_is_found(
    assembled: Write, properties: dict[str, Any]
) -> None:
    assembly = assembled(one={"Resources": {"Queue": {**QUEUE, "Properties": properties}}})
    assert [fault.resource for fault in assembly.faults] == ["one/Queue"]


def test_a_dependency_on_nothing_is_found(assembled: Write) -> None:
    assembly = assembled(one={"Resources": {"Queue": {**QUEUE, "DependsOn": ["Gone"]}}})
    assert ["DependsOn of Gone" in fault.reason for fault in assembly.faults] == [True]


def test_an_output_of_nothing_is_found(assembled: Write) -> None:
    outputs = {"Url": {"Value": {"Ref": "Gone"}}}
    assembly = assembled(one={"Resources": {"Queue": QUEUE}, "Outputs": outputs})
    assert [fault.resource for fault in assembly.faults] == ["one/Outputs.Url"]


def test_a_resource_whose_condition_is_false_is_absent(assembled: Write) -> None:
    assembly = assembled(
        one={
            "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
            "Resources": {"Queue": {**QUEUE, "Condition": "Never"}, "Other": QUEUE},
        }
    )
    assert [resource.name for resource in assembly.resources()] == ["one/Other"]


def test_resources_keep_what_is_written_beside_what_it_means(assembled: Write) -> None:
    written = {"QueueName": {"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}}
    assembly = assembled(
        one={"Resources": {"Q": {**QUEUE, "DeletionPolicy": "Retain", "Properties": written}}}
    )
    (queue,) = assembly.resources("AWS::SQS::Queue")
    assert queue.properties == {"QueueName": "a-eu-west-1"}
    assert queue.raw == written
    assert queue.attributes == {"DeletionPolicy": "Retain"}


@pytest.mark.parametrize(
    ("value", "owner"),
    [
        ("arn:aws:s3:::data", "one/Bucket"),
        ("arn:aws:s3:::data/models/*", "one/Bucket"),
        ("s3://data/models", "one/Bucket"),
        ("data", "one/Bucket"),
        ("arn:aws:lambda:eu-west-1:111111111111:function:plan:7", "one/Plan"),
        ("arn:aws:logs:eu-west-1:111111111111:log-group:/plan", "one/Log"),
        ("111111111111.dkr.ecr.eu-west-1.amazonaws.com/images:1", "one/Images"),
        ("https://sqs.eu-west-1.amazonaws.com/111111111111/one-queue", "one/Queue"),
        ("arn:aws:s3:::another", None),
        ("arn:aws:sqs:eu-west-1:111111111111:another", None),
        (7, None),
        (None, None),
    ],
)
def test_a_value_points_back_at_its_resource(
    assembled: Write, value: object, owner: str | None
) -> None:
    assembly = assembled(
        one={
            "Resources": {
                "Queue": QUEUE,
                "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "data"}},
                "Plan": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "plan"}},
                "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/plan"}},
                "Images": {
                    "Type": "AWS::ECR::Repository",
                    "Properties": {"RepositoryName": "images"},
                },
            }
        }
    )
    found = assembly.at(value)
    assert (found and found.name) == owner


def test_names_of_two_types_may_be_the_same(assembled: Write) -> None:
    assembly = assembled(
        one={
            "Resources": {
                "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "same"}},
                "Queue": {**QUEUE, "Properties": {"QueueName": "same"}},
            }
        }
    )
    role, queue = assembly.at("same", "AWS::IAM::Role"), assembly.at("same", "AWS::SQS::Queue")
    assert role is not None
    assert queue is not None
    assert (role.logical_id, queue.logical_id) == ("Role", "Queue")


def test_a_template_that_is_none_is_a_finding_and_the_others_are_read(
    tmp_path: Path, assembled: Write
) -> None:
    (tmp_path / "broken.template.json").write_text("{")
    (tmp_path / "list.template.json").write_text("[]")
    assembly = assembled(one={"Resources": {"Queue": QUEUE}})
    assert [resource.name for resource in assembly.resources()] == ["one/Queue"]
    assert [(fault.rule, fault.resource) for fault in assembly.faults] == [
        ("template.unreadable", "broken"),
        ("template.unreadable", "list"),
    ]


def manifest(folder: Path, artifacts: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


def stack(template: str, environment: str) -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": template, "stackName": "Prod-Queues"},
    }


def test_the_manifest_names_stacks_their_environments_and_nested_stages(tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    manifest(tmp_path, {"assembly-Prod": stage})
    inner = tmp_path / "assembly-Prod"
    manifest(inner, {"ProdQueues1": stack("q.template.json", "aws://222222222222/us-east-2")})
    (inner / "q.template.json").write_text(json.dumps({"Resources": {"Queue": QUEUE}}))
    assembly = Assembly.read(tmp_path)
    (template,) = assembly.templates
    assert (template.stack, template.account, template.region) == (
        "Prod-Queues",
        "222222222222",
        "us-east-2",
    )
    assert assembly.at("arn:aws:sqs:us-east-2:222222222222:prod-queues-queue") is not None


def test_a_stack_without_environment_stands_in_an_example(tmp_path: Path) -> None:
    artifact = stack("q.template.json", "aws://unknown-account/unknown-region")
    manifest(tmp_path, {"Queues": artifact})
    (tmp_path / "q.template.json").write_text(json.dumps({"Resources": {"Queue": QUEUE}}))
    (template,) = Assembly.read(tmp_path).templates
    assert (template.account, template.region) == ("111111111111", "eu-west-1")


def test_a_nested_stack_gets_its_parameters_and_gives_its_outputs(tmp_path: Path) -> None:
    child = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {"Queue": {**QUEUE, "Properties": {"QueueName": {"Ref": "Name"}}}},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
    }
    parent = {
        "Resources": {
            "Child": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"Parameters": {"Name": "jobs"}},
                "Metadata": {"aws:asset:path": "child.nested.template.json"},
            },
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {"Targets": [{"Arn": {"Fn::GetAtt": ["Child", "Outputs.Arn"]}}]},
            },
        }
    }
    (tmp_path / "child.nested.template.json").write_text(json.dumps(child))
    (tmp_path / "parent.template.json").write_text(json.dumps(parent))
    assembly = Assembly.read(tmp_path)
    (rule,) = assembly.resources("AWS::Events::Rule")
    found = assembly.at(rule.properties["Targets"][0]["Arn"])
    assert found is not None
    assert found.name == "parent-Child/Queue"


@pytest.mark.parametrize(
    ("artifacts", "said"),
    [
        ("[", "no JSON"),
        ("{}", "no artifacts"),
        (
            json.dumps({"artifacts": {"S": stack("gone.template.json", "aws://1/eu-west-1")}}),
            "gone.template.json",
        ),
    ],
)
def test_a_broken_folder_is_refused(tmp_path: Path, artifacts: str, said: str) -> None:
    (tmp_path / "manifest.json").write_text(artifacts)
    with pytest.raises(AssemblyError, match=said):
        Assembly.read(tmp_path)


def test_a_folder_without_templates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"expected .*template"):
        Assembly.read(tmp_path)


def lambda_of(key: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": {"S3Bucket": "assets", "S3Key": key}},
    }


def test_the_code_of_a_function_is_found_by_its_key(tmp_path: Path, assembled: Write) -> None:
    files = {
        "abc": {
            "source": {"path": "asset.abc", "packaging": "zip"},
            "destinations": {"here": {"objectKey": "abc.zip"}},
        }
    }
    (tmp_path / "one.assets.json").write_text(json.dumps({"files": files}))
    (tmp_path / "asset.abc").mkdir()
    assembly = assembled(one={"Resources": {"F": lambda_of("abc.zip"), "G": lambda_of("no.zip")}})
    first, second = assembly.resources()
    assert assembly.asset(first) == tmp_path / "asset.abc"
    assert assembly.asset(second) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"Resources": {"A": []}},
        {"Resources": {"A": {"Type": 7, "Properties": []}}},
        {"Resources": {"A": {"Properties": {"Ref": "AWS::NoValue"}}}},
        {"Resources": {"A": QUEUE}, "Parameters": [], "Outputs": [], "Conditions": "x"},
        {"Resources": {"A": {**QUEUE, "Condition": "Undeclared"}}},
        {"Resources": {"A": QUEUE}, "Parameters": {"P": "x"}, "Outputs": {"O": 1}},
        {"Resources": {"A": {**QUEUE, "Properties": {"QueueName": {"Ref": "A"}}}}},
        {"Resources": {"A": {**QUEUE, "DependsOn": {"a": 1}}}},
    ],
)
def test_a_template_however_odd_is_read(assembled: Write, odd: dict[str, Any]) -> None:
    assert assembled(one=odd).templates
