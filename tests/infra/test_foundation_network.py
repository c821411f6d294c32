"""The stage's network: private, with an endpoint for whatever is called, or yours."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from stacks.network import Network
from tests.infra.conftest import synthesised
from tidewatch.core.config import Config
from tidewatch.core.config.foundation import ExistingNetwork, NewNetwork
from tidewatch.core.config.observability import Observability

Templates = dict[str, Template]
SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]


def test_a_new_network_has_private_subnets_in_two_zones_and_no_way_out(
    templates: Templates,
) -> None:
    network = templates["network"]
    network.resource_count_is("AWS::EC2::Subnet", 2)
    for kind in ("NatGateway", "InternetGateway", "Route", "EIP", "VPCPeeringConnection"):
        network.resource_count_is(f"AWS::EC2::{kind}", 0)
    zones = {
        json.dumps(subnet["Properties"]["AvailabilityZone"])
        for subnet in network.find_resources("AWS::EC2::Subnet").values()
    }
    assert len(zones) == 2


def test_every_service_that_the_code_calls_has_an_endpoint_in_every_zone(
    templates: Templates,
) -> None:
    endpoints = templates["network"].find_resources("AWS::EC2::VPCEndpoint").values()
    interfaces = [
        item["Properties"]
        for item in endpoints
        if item["Properties"]["VpcEndpointType"] == "Interface"
    ]
    services = {item["ServiceName"]["Fn::Join"][1][-1] for item in interfaces}
    assert services == {
        ".sagemaker.api",
        ".experiments",
        ".ecr.api",
        ".ecr.dkr",
        ".logs",
        ".monitoring",
        ".aps-workspaces",
        ".events",
        ".states",
        ".kms",
        ".sts",
        ".athena",
    }
    for item in interfaces:
        assert item["PrivateDnsEnabled"] is True
        assert len(item["SubnetIds"]) == 2
    (gateway,) = [
        item["Properties"]
        for item in endpoints
        if item["Properties"]["VpcEndpointType"] == "Gateway"
    ]
    assert len(gateway["RouteTableIds"]) == 2


def test_endpoints_answer_the_platform_and_nobody_else(templates: Templates) -> None:
    network = templates["network"]
    for group in network.find_resources("AWS::EC2::SecurityGroup").values():
        assert "SecurityGroupIngress" not in group["Properties"]
    rules = [
        item["Properties"]
        for item in network.find_resources("AWS::EC2::SecurityGroupIngress").values()
    ]
    sources = [rule["SourceSecurityGroupId"]["Fn::GetAtt"][0][:9] for rule in rules]
    assert sorted(sources) == ["Dashboard", "Workloads"]
    assert {(rule["FromPort"], rule["ToPort"]) for rule in rules} == {(443, 443)}


@pytest.mark.parametrize(
    ("sources", "has_group", "has_athena"),
    [
        (None, False, False),
        (["athena"], False, False),  # Athena is public, and Grafana outside
        (["opensearch"], True, False),
        (["athena", "opensearch"], True, True),
    ],
)
def test_what_only_dashboards_need_is_there_and_paid_for_only_with_them_in_the_network(
    config: Config, tmp_path: Path, sources: list[str] | None, has_group: bool, has_athena: bool
) -> None:
    wanted = Observability.model_validate(
        {
            "grafana": None if sources is None else {"data_sources": sources},
            "opensearch": {"kind": "domain"},
        }
    )
    stage = config.stage.model_copy(update={"observability": wanted})
    new = NewNetwork(kind="new")
    made = json.dumps(network_of(replace(config, stage=stage), tmp_path, new).to_json())
    assert ("Grafana, to its data sources" in made) is has_group
    assert ('.athena"' in made) is has_athena


def test_all_flows_are_logged_under_the_stages_key(templates: Templates) -> None:
    network = templates["network"]
    network.has_resource_properties("AWS::EC2::FlowLog", {"TrafficType": "ALL"})
    for group in network.find_resources("AWS::Logs::LogGroup").values():
        assert "KmsKeyId" in group["Properties"]
        assert group["Properties"]["RetentionInDays"] == 90


def network_of(config: Config, outdir: Path, network: NewNetwork | ExistingNetwork) -> Template:
    app = cdk.App(outdir=str(outdir))
    env = cdk.Environment(account="111122223333", region="eu-central-1")
    stage = cdk.Stage(app, "stage", env=env)
    keys = cdk.Stack(stage, "keys")
    stack = Network(
        stage,
        "network",
        stage=config.stage,
        network=network,
        key=kms.Key(keys, "Key"),
    )
    assert len(stack.private.request["Subnets"]) >= 2
    return Template.from_stack(stack)


def test_a_network_of_yours_gets_security_groups_and_nothing_else(
    config: Config, tmp_path: Path
) -> None:
    yours = ExistingNetwork(kind="existing", vpc_id="vpc-0a1b2c3d4e5f60718", subnet_ids=SUBNETS)
    template = network_of(config, tmp_path, yours)
    workloads, dashboards = template.to_json()["Resources"].values()
    for group in (workloads, dashboards):
        assert group["Type"] == "AWS::EC2::SecurityGroup"
        assert group["Properties"]["VpcId"] == yours.vpc_id


def test_three_zones_are_had_for_asking_and_looked_up_nowhere(
    config: Config, tmp_path: Path
) -> None:
    template = network_of(config, tmp_path, NewNetwork(kind="new", zones=3))
    template.resource_count_is("AWS::EC2::Subnet", 3)
    manifest = json.loads((tmp_path / "assembly-stage" / "manifest.json").read_text())
    assert not manifest.get("missing")


@pytest.mark.parametrize("stack", ["flights-training", "flights-serving", "flights-monitoring"])
def test_the_models_stacks_use_the_network(templates: Templates, stack: str) -> None:
    assert "tidewatch-prod-network:" in json.dumps(templates[stack].to_json())


def test_without_a_network_nothing_speaks_of_one(config: Config, tmp_path: Path) -> None:
    bare = config.stage.model_copy(update={"network": None, "images": None, "budget": None})
    templates = synthesised(replace(config, stage=bare), tmp_path)
    assert not {"network", "images", "guardrails", "pipeline"} & set(templates)
    assert "VpcConfig" not in json.dumps([item.to_json() for item in templates.values()])
