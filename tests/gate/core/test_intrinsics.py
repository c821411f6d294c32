"""Every expression of CloudFormation resolves to what AWS would see."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.intrinsics import NO_VALUE, UNRESOLVED, Resolver
from gate.physical import Place

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Size": {"Type": "Number", "Default": "3"},
        "Stage": {"Type": "String", "Default": "prod"},
        "Names": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/x/ami"},
        "Bare": {"Type": "String"},
    },
    "Mappings": {"ByRegion": {"eu-west-1": {"Size": "m5.large"}}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Either": {"Fn::Or": [{"Condition": "IsDev"}, {"Condition": "IsProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsDev"}, {"Condition": "IsProd"}]},
    },
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Named": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "data"}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/team/"}},
        "Absent": {"Type": "AWS::SQS::Queue", "Condition": "IsDev"},
        "Group": {"Type": "AWS::EC2::SecurityGroup"},
    },
}


class Alone:
    """A stack without neighbours."""

    def exported(self, name: str, place: Place) -> object:
        return f"imported-{name}-{place.region}"

    def output(self, stack: str, name: str) -> object:
        return f"{stack}.{name}"

    def nested(self, parent: str, logical_id: str, name: str) -> object:
        del parent, logical_id, name
        return None

    def stored(self, name: str) -> object:
        return {"/x/known": "kept"}.get(name)


def resolver() -> Resolver:
    return Resolver(TEMPLATE, Place("Stack", "111111111111", "eu-west-1"), Alone())


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::AccountId"}, "111111111111"),
        ({"Ref": "AWS::NotificationARNs"}, []),
        ({"Ref": "Size"}, 3),
        ({"Ref": "Names"}, ["a", "b"]),
        ({"Ref": "Image"}, "ami-00000000000000000"),
        ({"Ref": "Bare"}, "parameter-bare"),
        ({"Ref": "Queue"}, "https://sqs.eu-west-1.amazonaws.com/111111111111/stack-queue"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:eu-west-1:111111111111:stack-queue"),
        ({"Fn::GetAtt": "Named.Arn"}, "arn:aws:s3:::data"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws:iam::111111111111:role/team/stack-role"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Size"}, {"Ref": "AWS::NoValue"}]]}, "a-3"),
        ({"Fn::Join": ["", []]}, ""),
        ({"Fn::Join": [",", {"Ref": "Names"}]}, "a,b"),
        ({"Fn::Sub": "${Stage}/${!Stage}/${Named.Arn}"}, "prod/${Stage}/arn:aws:s3:::data"),
        ({"Fn::Sub": ["${a}-${Stage}", {"a": {"Ref": "Size"}}]}, "3-prod"),
        ({"Fn::Select": ["1", {"Fn::Split": [",", "a,b,c"]}]}, "b"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "eu-west-1a"),
        ({"Fn::FindInMap": ["ByRegion", {"Ref": "AWS::Region"}, "Size"]}, "m5.large"),
        ({"Fn::FindInMap": ["ByRegion", "x", "Size", {"DefaultValue": "small"}]}, "small"),
        ({"Fn::If": ["IsProd", "big", {"Ref": "Absent"}]}, "big"),
        ({"Fn::If": ["IsDev", {"Ref": "Nowhere"}, "none"]}, "none"),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::Base64": "text"}, base64.b64encode(b"text").decode()),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::ImportValue": {"Fn::Sub": "${Stage}-vpc"}}, "imported-prod-vpc-eu-west-1"),
        ({"Fn::GetStackOutput": {"StackName": "Other", "OutputName": "Id"}}, "Other.Id"),
        ({"Fn::Length": {"Ref": "Names"}}, 2),
        ({"Fn::ToJsonString": {"a": {"Ref": "Size"}}}, '{"a": 3}'),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
        ({"Ref": "AWS::NoValue"}, NO_VALUE),
    ],
)
def test_an_expression_has_its_value(expression: Any, value: object) -> None:
    found = resolver()
    assert found.resolve(expression) == value
    assert not found.unresolved


@pytest.mark.parametrize(
    "expression",
    [
        {"Ref": "Nowhere"},
        {"Ref": "Absent"},
        {"Fn::GetAtt": ["Nowhere", "Arn"]},
        {"Fn::GetAtt": "Queue"},
        {"Fn::If": ["NoCondition", 1, 2]},
        {"Fn::FindInMap": ["ByRegion", "x", "Size"]},
        {"Fn::Select": [3, ["a"]]},
        {"Fn::Select": ["one", ["a"]]},
        {"Fn::Join": "a"},
        {"Fn::Join": ["", [{"a": 1}, "b"]]},
        {"Fn::Split": ["", "a"]},
        {"Fn::Sub": "${Nowhere}"},
        {"Fn::Sub": "${Nowhere.Arn}"},
        {"Fn::Cidr": ["10.0.0.0/30", 9, 8]},
        {"Fn::Equals": ["a"]},
        {"Ref": ["Queue"]},
    ],
)
def test_a_reference_to_nothing_is_named_and_recorded(expression: Any) -> None:
    found = resolver()
    assert UNRESOLVED in str(found.resolve(expression))
    assert found.unresolved


def test_a_condition_that_refers_to_itself_is_a_reference_to_nothing() -> None:
    template = {"Conditions": {"A": {"Condition": "B"}, "B": {"Condition": "A"}}}
    found = Resolver(template, Place("Stack", "1", "eu-west-1"), Alone())
    assert "refers to itself" in str(found.resolve({"Fn::If": ["A", 1, 2]}))


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_a_region_brings_its_partition(region: str, partition: str, suffix: str) -> None:
    found = Resolver(TEMPLATE, Place("Stack", "1", region), Alone())
    assert found.resolve({"Ref": "AWS::Partition"}) == partition
    assert found.resolve({"Ref": "AWS::URLSuffix"}) == suffix
    assert found.resolve({"Fn::GetAtt": ["Queue", "Arn"]}).startswith(f"arn:{partition}:sqs:")


FUNCTIONS = (
    *("Ref", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Fn::Select", "Fn::Split", "Fn::If", "Fn::Cidr"),
    *("Fn::FindInMap", "Fn::ImportValue", "Fn::GetAZs", "Fn::Equals", "Fn::And", "Fn::Base64"),
    *("Fn::GetStackOutput", "Fn::Length", "Fn::Not", "Fn::ToJsonString", "Condition"),
)
LEAVES = st.none() | st.booleans() | st.integers(-2, 40) | st.floats() | st.text(max_size=4)
NAMES = st.sampled_from(["Queue", "Absent", "IsProd", "Nowhere", "${Queue}", "Named.Arn"])
ANYTHING = st.recursive(
    LEAVES | NAMES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FUNCTIONS) | st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=12,
)


@given(value=ANYTHING)
def test_no_expression_however_odd_raises(value: Any) -> None:
    resolver().resolve(value)


@given(
    value=st.recursive(
        LEAVES,
        lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="abc", max_size=3), inner),
    )
)
def test_what_holds_no_expression_is_left_as_it_is(value: Any) -> None:
    assert repr(resolver().resolve(value)) == repr(value)


@given(parts=st.lists(st.text(alphabet="abcd", min_size=1), min_size=1))
def test_a_split_undoes_a_join(parts: list[str]) -> None:
    joined = {"Fn::Split": ["|", {"Fn::Join": ["|", parts]}]}
    assert resolver().resolve(joined) == parts
