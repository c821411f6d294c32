"""Nothing waits for itself; endpoints and domains are where and as those who call them need."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gate.assembly import Assembly
from gate.wiring import (
    circles,
    closed_groups,
    endpoint_policies,
    log_policy_order,
    reach,
    spread_zones,
)
from tests.gate.wiring.templates import (
    Json,
    allow,
    arn,
    changed,
    found,
    function,
    log_group,
    machine,
    policy,
    ref,
    resource,
    role,
    services,
    task,
)
from tests.gate.wiring.test_networks import HTTPS, JOB_PLACED, NETWORK, PLACED, interface

CHAIN = {
    "A": resource("SNS::Topic", ["B"]),
    "B": resource("SNS::Topic", DisplayName={"Fn::Sub": "after ${C.TopicName}"}),
    "C": resource("SNS::Topic"),
}


def test_a_chain_is_no_circle() -> None:
    assert found(CHAIN, circles.RULES) == set()


@pytest.mark.parametrize(
    "last",
    [
        resource("SNS::Topic", ["A"]),
        resource("SNS::Topic", DisplayName=ref("A")),
        resource("SNS::Topic", DisplayName={"Fn::GetAtt": "A.TopicName"}),
    ],
)
def test_resources_that_wait_for_each_other_are_found(last: Json) -> None:
    assert found({**CHAIN, "C": last}, circles.RULES) == {("wiring.circle", "A")}


def test_a_resource_that_waits_for_itself_is_found() -> None:
    alone = {"C": resource("SNS::Topic", DisplayName=ref("C"))}
    assert found(alone, circles.RULES) == {("wiring.circle", "C")}


def stack(exported: str, imported: str = "") -> Json:
    name = {"Fn::ImportValue": imported} if imported else "plain"
    return {
        "Resources": {"Topic": resource("SNS::Topic", DisplayName=name)},
        "Outputs": {"Out": {"Value": ref("Topic"), "Export": {"Name": exported}}},
    }


def stacks(folder: Path, dependencies: list[str], **templates: Json) -> set[tuple[str, str]]:
    artifacts = {
        name: {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{name}.template.json"},
            "dependencies": dependencies if name == "first" else [],
        }
        for name in templates
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}), encoding="utf-8")
    for name, template in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps(template), encoding="utf-8")
    read = Assembly.read(folder)
    return {(told.rule, told.resource) for rule in circles.RULES for told in rule(read)}


def test_stacks_in_an_order_are_fine(tmp_path: Path) -> None:
    assert stacks(tmp_path, [], first=stack("a"), second=stack("b", "a")) == set()


@pytest.mark.parametrize(
    ("imported", "dependencies"), [("b", []), ("", ["second"]), ("a", []), ("", ["first"])]
)
def test_stacks_that_wait_for_each_other_are_found(
    tmp_path: Path, imported: str, dependencies: list[str]
) -> None:
    told = stacks(tmp_path, dependencies, first=stack("a", imported), second=stack("b", "a"))
    assert told == {("wiring.circle", "first")}


DOMAIN = {
    **NETWORK,
    "Log": log_group(),
    "LogPolicy": resource(
        "Logs::ResourcePolicy",
        PolicyDocument=policy(allow("logs:PutLogEvents", Principal=services("es"))),
    ),
    "Domain": resource(
        "OpenSearchService::Domain",
        ["LogPolicy"],
        ClusterConfig={"InstanceCount": 2, "ZoneAwarenessEnabled": True},
        LogPublishingOptions={"ES_APPLICATION_LOGS": {"CloudWatchLogsLogGroupArn": arn("Log")}},
        VPCOptions=PLACED,
    ),
    "Own": resource(
        "EC2::SecurityGroup",
        VpcId=ref("Vpc"),
        SecurityGroupIngress=[{**HTTPS, "CidrIp": "10.0.0.0/16"}],
    ),
}
ORDER_AND_ZONES = (*log_policy_order.RULES, *spread_zones.RULES, *closed_groups.RULES)


def test_a_domain_in_its_place_is_fine() -> None:
    assert found(DOMAIN, ORDER_AND_ZONES) == set()


@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        ("policy-first", "Domain.DependsOn", None),
        ("search-zones", "Domain.Properties.VPCOptions.SubnetIds", [ref("SubnetA")]),
        ("search-zones", "Domain.Properties.VPCOptions.SubnetIds", [ref("SubnetA")] * 2),
        ("search-zones", "Domain.Properties.ClusterConfig.ZoneAwarenessEnabled", None),
        ("search-zones", "Domain.Properties.ClusterConfig.InstanceCount", 1),
        (
            "search-zones",
            "Domain.Properties.ClusterConfig.ZoneAwarenessConfig",
            {"AvailabilityZoneCount": 3},
        ),
        ("closed-group", "Own.Properties.SecurityGroupIngress", None),
        ("closed-group", "Own.Properties.SecurityGroupIngress.0.ToPort", 80),
    ],
)
def test_a_domain_that_is_refused_or_never_reached_is_found(
    rule: str, path: str, value: object
) -> None:
    told = found(changed(DOMAIN, path, value), ORDER_AND_ZONES)
    assert told == {(f"wiring.{rule}", "Domain")}


def test_subnets_that_a_parameter_holds_are_not_counted() -> None:
    held = {"Fn::Split": [",", {"Fn::ImportValue": "subnets"}]}
    plain = changed(DOMAIN, "Domain.Properties.VPCOptions.SubnetIds", held)
    assert found(plain, ORDER_AND_ZONES) == set()


def test_a_policy_for_others_is_not_waited_for() -> None:
    others = policy(allow("logs:PutLogEvents", Principal=services("events")))
    plain = changed(DOMAIN, "LogPolicy.Properties.PolicyDocument", others)
    assert found(changed(plain, "Domain.DependsOn", None), ORDER_AND_ZONES) == set()


def test_an_endpoint_that_lets_nobody_in_is_found() -> None:
    assert found(NETWORK, closed_groups.RULES) == set()
    broken = changed(NETWORK, "Sqs.Properties.SecurityGroupIds", [ref("Own")])
    assert found(broken, closed_groups.RULES) == {("wiring.closed-group", "Sqs")}
    broken["In"] = resource(
        "EC2::SecurityGroupIngress",
        GroupId=ref("Own"),
        SourceSecurityGroupId=ref("EndpointGroup"),
        **HTTPS,
    )
    assert found(broken, closed_groups.RULES) == set()


@pytest.mark.parametrize("kind", ["RDS::DBSubnetGroup", "ElasticLoadBalancingV2::LoadBalancer"])
def test_what_takes_two_zones_gets_them(kind: str) -> None:
    name = "SubnetIds" if kind.startswith("RDS") else "Subnets"
    subnets = [ref("SubnetA"), ref("SubnetB")]
    both = {**NETWORK, "User": {"Type": f"AWS::{kind}", "Properties": {name: subnets}}}
    assert found(both, spread_zones.RULES) == set()
    broken = changed(both, f"User.Properties.{name}", [ref("SubnetA"), ref("SubnetA")])
    assert found(broken, spread_zones.RULES) == {("wiring.spread-zones", "User")}


IMAGE = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/jobs:v1"
THROUGH = (*endpoint_policies.RULES, *reach.RULES)
JOB = {
    **NETWORK,
    "Group": log_group(),
    "Role": role("sagemaker", allow("s3:GetObject")),
    "Job": machine(
        task(
            "arn:aws:states:::sagemaker:createProcessingJob.sync",
            RoleArn=arn("Role"),
            AppSpecification={"ImageUri": IMAGE},
            NetworkConfig={"VpcConfig": JOB_PLACED},
        )
    ),
}
ANSWERING = {
    **NETWORK,
    "Group": log_group(),
    "Role": role("lambda"),
    "Function": function(VpcConfig=PLACED),
    "Asked": {"Type": "Custom::Setup", "Properties": {"ServiceToken": arn("Function")}},
}


def s3_policy(*resources: str) -> Json:
    return policy(*(allow("s3:*", resource, Principal="*") for resource in resources))


LAYERS = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
ANSWERS = "arn:aws:s3:::cloudformation-custom-resource-response-euwest1/*"


@pytest.mark.parametrize(("sound", "needed"), [(JOB, LAYERS), (ANSWERING, ANSWERS)])
def test_an_endpoint_lets_through_what_is_done_for_its_users(
    sound: dict[str, Json], needed: str
) -> None:
    own = "arn:aws:s3:::own/*"
    place = "S3.Properties.PolicyDocument"
    assert found(sound, THROUGH) == set()
    assert found(changed(sound, place, s3_policy(own, needed)), THROUGH) == set()
    assert found(changed(sound, place, json.dumps(s3_policy("*"))), THROUGH) == set()
    narrow = changed(sound, place, s3_policy(own))
    assert found(narrow, THROUGH) == {("wiring.endpoint-policy", "S3")}
    assert found(changed(narrow, "InA", None) | _way_out(), THROUGH) == set()


def _way_out() -> dict[str, Json]:
    route = resource("EC2::Route", RouteTableId=ref("Table"), NatGatewayId="nat-1")
    return {"Route": route, "InA": NETWORK["InA"]}


def test_who_answers_cloudformation_has_a_way_to_its_bucket() -> None:
    broken = changed(ANSWERING, "S3", None)
    assert found(broken, THROUGH) == {("wiring.unreachable", "Function")}
    assert found(changed(broken, "Asked", None), THROUGH) == set()


@pytest.mark.parametrize("action", ["codebuild:StartBuild", "ecr:DescribeImages"])
def test_a_function_in_the_network_needs_a_way_to_what_it_starts(action: str) -> None:
    calls = {**ANSWERING, "Role": role("lambda", allow(action, "arn:aws:x:::y"))}
    assert found(calls, THROUGH) == {("wiring.unreachable", "Function")}
    service = "codebuild" if action.startswith("codebuild") else "ecr.api"
    assert found({**calls, "Endpoint": interface(service)}, THROUGH) == set()


@pytest.mark.parametrize("sound", [DOMAIN, JOB, ANSWERING])
@pytest.mark.parametrize("odd", [None, 5, "text", [], {}, [1, None, ["a"]]])
def test_no_rule_falls_over_odd_properties(sound: dict[str, Json], odd: object) -> None:
    for name, made in sound.items():
        for key in made["Properties"]:
            found(changed(sound, f"{name}.Properties.{key}", odd), (*ORDER_AND_ZONES, *THROUGH))
