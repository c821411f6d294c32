"""What runs in a network without a way out reaches what it calls."""

from __future__ import annotations

import pytest

from gate.wiring import endpoint_networks, grafana_networks, reach
from tests.gate.wiring.templates import (
    Json,
    allow,
    arn,
    changed,
    found,
    function,
    log_group,
    machine,
    ref,
    resource,
    role,
    task,
)

RULES = (*reach.RULES, *endpoint_networks.RULES, *grafana_networks.RULES)
HTTPS: Json = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


def service(name: str) -> Json:
    return {"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{name}"}


def interface(name: str) -> Json:
    return resource(
        "EC2::VPCEndpoint",
        VpcId=ref("Vpc"),
        ServiceName=service(name),
        VpcEndpointType="Interface",
        PrivateDnsEnabled=True,
        SubnetIds=[ref("SubnetA"), ref("SubnetB")],
        SecurityGroupIds=[ref("EndpointGroup")],
    )


def subnet(zone: int, block: str) -> Json:
    return resource(
        "EC2::Subnet",
        VpcId=ref("Vpc"),
        CidrBlock=block,
        AvailabilityZone={"Fn::Select": [zone, {"Fn::GetAZs": ""}]},
    )


def association(name: str) -> Json:
    return resource(
        "EC2::SubnetRouteTableAssociation", SubnetId=ref(name), RouteTableId=ref("Table")
    )


NETWORK = {
    "Vpc": resource(
        "EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True
    ),
    "SubnetA": subnet(0, "10.0.0.0/24"),
    "SubnetB": subnet(1, "10.0.1.0/24"),
    "Table": resource("EC2::RouteTable", VpcId=ref("Vpc")),
    "InA": association("SubnetA"),
    "InB": association("SubnetB"),
    "Own": resource("EC2::SecurityGroup", VpcId=ref("Vpc")),
    "EndpointGroup": resource(
        "EC2::SecurityGroup",
        VpcId=ref("Vpc"),
        SecurityGroupIngress=[{**HTTPS, "CidrIp": "10.0.0.0/16"}],
    ),
    "S3": resource(
        "EC2::VPCEndpoint",
        VpcId=ref("Vpc"),
        ServiceName=service("s3"),
        VpcEndpointType="Gateway",
        RouteTableIds=[ref("Table")],
    ),
    "Sqs": interface("sqs"),
}
PLACED = {"SubnetIds": [ref("SubnetA"), ref("SubnetB")], "SecurityGroupIds": [ref("Own")]}
FUNCTION = {
    **NETWORK,
    "Group": log_group(),
    "Role": role("lambda", allow("s3:GetObject"), allow("sqs:SendMessage"), allow("logs:Put*")),
    "User": function(VpcConfig=PLACED),
}
JOB_PLACED = {"Subnets": PLACED["SubnetIds"], "SecurityGroupIds": PLACED["SecurityGroupIds"]}
MODEL = {
    **NETWORK,
    "Api": interface("sagemaker.api"),
    "Logs": interface("logs"),
    "Role": role("sagemaker", allow("s3:GetObject"), allow("logs:*"), allow("sagemaker:Describe*")),
    "User": resource("SageMaker::Model", ExecutionRoleArn=arn("Role"), VpcConfig=JOB_PLACED),
}
JOB = {
    **NETWORK,
    "Prometheus": interface("aps-workspaces"),
    "Mlflow": changed(
        {"x": interface("")},
        "x.Properties.ServiceName",
        {"Fn::Sub": "aws.sagemaker.${AWS::Region}.experiments"},
    )["x"],
    "Role": role(
        "sagemaker",
        allow("s3:GetObject"),
        allow(["aps:RemoteWrite", "sagemaker:CallMlflowAppApi"]),
    ),
    "Caller": role("states"),
    "User": machine(
        task(
            "arn:aws:states:::sagemaker:createProcessingJob.sync",
            RoleArn=arn("Role"),
            NetworkConfig={"VpcConfig": JOB_PLACED},
        )
    ),
}


@pytest.mark.parametrize("sound", [FUNCTION, MODEL, JOB])
def test_what_reaches_what_it_calls_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, RULES) == set()


@pytest.mark.parametrize(
    ("sound", "path", "value"),
    [
        (FUNCTION, "S3", None),
        (FUNCTION, "Sqs", None),
        (FUNCTION, "InA", None),
        (FUNCTION, "S3.Properties.RouteTableIds", []),
        (FUNCTION, "Sqs.Properties.ServiceName", service("sns")),
        (FUNCTION, "EndpointGroup.Properties.SecurityGroupIngress", None),
        (FUNCTION, "EndpointGroup.Properties.SecurityGroupIngress.0.FromPort", 444),
        (FUNCTION, "EndpointGroup.Properties.SecurityGroupIngress.0.CidrIp", "192.168.0.0/16"),
        (MODEL, "Api", None),
        (MODEL, "Logs", None),
        (JOB, "Prometheus", None),
        (JOB, "Mlflow", None),
    ],
)
def test_what_does_not_is_found(sound: dict[str, Json], path: str, value: object) -> None:
    assert found(changed(sound, path, value), RULES) == {("wiring.unreachable", "User")}


def test_a_security_group_may_be_let_in_by_itself() -> None:
    rule = {**HTTPS, "SourceSecurityGroupId": {"Fn::GetAtt": ["Own", "GroupId"]}}
    sound = changed(FUNCTION, "EndpointGroup.Properties.SecurityGroupIngress", [rule])
    other = {**rule, "SourceSecurityGroupId": {"Fn::GetAtt": ["EndpointGroup", "GroupId"]}}
    broken = changed(FUNCTION, "EndpointGroup.Properties.SecurityGroupIngress", [other])

    assert found(sound, RULES) == set()
    assert found(broken, RULES) == {("wiring.unreachable", "User")}


def test_a_rule_that_stands_by_itself_lets_in_as_well() -> None:
    sound = changed(FUNCTION, "EndpointGroup.Properties.SecurityGroupIngress", None)
    sound["Ingress"] = resource(
        "EC2::SecurityGroupIngress", GroupId=ref("EndpointGroup"), CidrIp="0.0.0.0/0", **HTTPS
    )

    assert found(sound, RULES) == set()


def test_a_network_with_a_way_out_needs_no_endpoints() -> None:
    open_ = {k: v for k, v in FUNCTION.items() if k not in {"S3", "Sqs"}}
    open_["Route"] = resource(
        "EC2::Route",
        RouteTableId=ref("Table"),
        DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId="nat-1",
    )

    assert found(open_, RULES) == set()


def test_a_network_from_elsewhere_is_left_alone() -> None:
    elsewhere = changed(FUNCTION, "User.Properties.VpcConfig.SubnetIds", ["subnet-0123"])

    assert found(changed(elsewhere, "Sqs", None), RULES) == set()


def test_a_security_group_that_lets_nothing_out_is_found() -> None:
    nowhere = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
    broken = changed(FUNCTION, "Own.Properties.SecurityGroupEgress", [nowhere])

    assert found(broken, RULES) == {("wiring.no-egress", "User")}
    broken["Out"] = resource(
        "EC2::SecurityGroupEgress", GroupId=ref("Own"), CidrIp="10.0.0.0/16", **HTTPS
    )
    assert found(broken, RULES) == set()


def test_subnets_in_one_zone_are_found() -> None:
    broken = {**FUNCTION, "SubnetB": subnet(0, "10.0.1.0/24")}

    assert found(broken, RULES) == {("wiring.one-zone", "User")}


def test_a_public_subnet_is_found() -> None:
    broken = changed(FUNCTION, "SubnetA.Properties.MapPublicIpOnLaunch", True)

    assert found(broken, RULES) == {("wiring.public-subnet", "User")}


@pytest.mark.parametrize(
    ("setting", "value"), [("EnableDnsHostnames", None), ("EnableDnsSupport", False)]
)
def test_private_names_without_dns_are_found(setting: str, value: object) -> None:
    broken = changed(FUNCTION, f"Vpc.Properties.{setting}", value)

    assert found(broken, RULES) == {("wiring.private-dns", "Sqs")}


def test_a_queue_that_lambda_itself_writes_to_needs_no_endpoint() -> None:
    sound = {
        **{name: made for name, made in FUNCTION.items() if name != "Sqs"},
        "Queue": resource("SQS::Queue"),
        "Role": role("lambda", allow("s3:GetObject"), allow("sqs:SendMessage", arn("Queue"))),
        "User": function(VpcConfig=PLACED, DeadLetterConfig={"TargetArn": arn("Queue")}),
    }

    assert found(sound, RULES) == set()
    broken = changed(sound, "User.Properties.DeadLetterConfig", None)
    assert found(broken, RULES) == {("wiring.unreachable", "User")}


@pytest.mark.parametrize("value", [False, None])
def test_an_endpoint_without_its_private_name_is_found(value: object) -> None:
    broken = changed(FUNCTION, "Sqs.Properties.PrivateDnsEnabled", value)

    expected = {("wiring.unreachable", "User"), ("wiring.private-dns", "Sqs")}
    assert found(broken, RULES) == expected
    assert found({"Sqs": broken["Sqs"], "Vpc": broken["Vpc"]}, RULES) == {
        ("wiring.private-dns", "Sqs")
    }


DOMAIN = {
    **NETWORK,
    "Group": log_group(),
    "Role": role("lambda", allow("es:ESHttpPost", {"Fn::Sub": "${Domain.Arn}/*"})),
    "Domain": resource(
        "OpenSearchService::Domain", VPCOptions={"SecurityGroupIds": [ref("EndpointGroup")]}
    ),
    "User": function(VpcConfig=PLACED),
}


def test_a_domain_that_lets_its_callers_in_is_fine() -> None:
    assert found(DOMAIN, RULES) == set()


def test_a_domain_that_keeps_its_callers_out_is_found() -> None:
    broken = changed(DOMAIN, "EndpointGroup.Properties.SecurityGroupIngress", None)

    assert found(broken, RULES) == {("wiring.unreachable", "User")}


def test_an_endpoint_in_one_zone_of_two_is_found() -> None:
    broken = changed(FUNCTION, "Sqs.Properties.SubnetIds", [ref("SubnetA")])

    assert found(broken, RULES) == {("wiring.one-zone", "Sqs")}


GRAFANA = {
    **NETWORK,
    "Prometheus": interface("aps-workspaces"),
    "Athena": interface("athena"),
    "Role": role(
        "grafana",
        allow(["aps:QueryMetrics", "athena:StartQueryExecution", "glue:GetTable", "s3:PutObject"]),
        allow("es:ESHttpGet", {"Fn::Sub": "${Domain.Arn}/verdicts*"}),
    ),
    "Domain": resource(
        "OpenSearchService::Domain",
        VPCOptions={
            "SubnetIds": [ref("SubnetA"), ref("SubnetB")],
            "SecurityGroupIds": [ref("EndpointGroup")],
        },
    ),
    "User": resource("Grafana::Workspace", RoleArn=arn("Role"), VpcConfiguration=PLACED),
}


def test_grafana_in_the_network_of_what_it_reads_is_fine() -> None:
    assert found(GRAFANA, RULES) == set()


def test_grafana_outside_of_the_network_of_its_search_domain_is_found() -> None:
    broken = changed(GRAFANA, "User.Properties.VpcConfiguration", None)

    assert found(broken, RULES) == {("wiring.grafana-network", "User")}
    public = changed(broken, "Domain.Properties.VPCOptions", None)
    assert found(public, RULES) == set()


def test_grafana_that_names_opensearch_as_a_source_reads_every_domain() -> None:
    reader = resource("Grafana::Workspace", DataSources=["AMAZON_OPENSEARCH_SERVICE"])
    broken = {**GRAFANA, "User": reader}

    assert found(broken, RULES) == {("wiring.grafana-network", "User")}
    other = changed(broken, "User.Properties.DataSources", ["CLOUDWATCH"])
    assert found(other, RULES) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Prometheus", None),
        ("Athena", None),
        ("EndpointGroup.Properties.SecurityGroupIngress", None),
    ],
)
def test_grafana_that_is_kept_from_a_source_in_the_network_is_found(
    path: str, value: object
) -> None:
    assert found(changed(GRAFANA, path, value), RULES) == {("wiring.unreachable", "User")}
