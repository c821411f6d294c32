"""Semantic and schema faults in what services ask of each other: images, queues, indices."""

from __future__ import annotations

import json

from gate.mutation.editing import edit_text, machine_fault, states
from gate.mutation.mutation import Json, NotHereError, attribute_fault, fault, template_fault
from gate.reading import listed

_MAPPING = "AWS::Lambda::EventSourceMapping"
_DOMAIN = "AWS::OpenSearchService::Domain"


@machine_fault("semantic")
def image_that_nobody_pushes(definition: Json) -> None:
    """A job is told of an image with a tag that no build pushes."""
    for _, state in states(definition):
        for name, value in state.get("Parameters", {}).get("Environment", {}).items():
            if "_IMAGE" in name and ":" in value:
                state["Parameters"]["Environment"][name] = f"{value.rpartition(':')[0]}:latest"
                return
    raise NotHereError("image")


@fault("semantic", "AWS::CodeBuild::Project")
def build_pushes_under_another_tag(project: Json) -> None:
    """A build gives its image a tag that nobody names."""
    for variable in project["Environment"]["EnvironmentVariables"]:
        if "TAG" in variable["Name"]:
            variable["Value"] = "1" * 16
            return
    raise NotHereError("tag")


@template_fault("semantic")
def builds_started_from_a_closed_network(template: Json) -> None:
    """A function in the network is to start builds, and there is no way to CodeBuild."""
    resources = template["Resources"]
    for function in resources.values():
        if "VpcConfig" not in function["Properties"]:
            continue
        role = function["Properties"]["Role"]["Fn::GetAtt"][0]
        for policy in resources.values():
            if {"Ref": role} in listed(policy["Properties"].get("Roles")):
                project = "arn:aws:codebuild:eu-west-1:111111111111:project/images"
                added = {"Effect": "Allow", "Action": "codebuild:StartBuild", "Resource": project}
                policy["Properties"]["PolicyDocument"]["Statement"].append(added)
                return
    raise NotHereError("function")


@fault("semantic", _MAPPING)
def filter_beside_the_body(source: Json) -> None:
    """A filter looks for the message in the record, not in its body."""
    pattern = json.dumps({"detail": {"verdict": ["critical"]}})
    source["FilterCriteria"] = {"Filters": [{"Pattern": pattern}]}


@fault("schema", _MAPPING)
def batch_without_a_window(source: Json) -> None:
    """More messages than ten are wanted at once, and no time to gather them in."""
    if source["BatchSize"] <= 10:  # noqa: PLR2004 - as many as Lambda gives without a window
        raise NotHereError("batch")
    source.pop("MaximumBatchingWindowInSeconds")


@fault("semantic", "AWS::ECR::Repository")
def image_rule_for_any_comes_first(repository: Json) -> None:
    """The rule for all images comes before the one for those without a tag."""
    policy = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])
    numbers = [rule["rulePriority"] for rule in policy["rules"]]
    for rule, number in zip(policy["rules"], reversed(numbers), strict=True):
        rule["rulePriority"] = number
    repository["LifecyclePolicy"]["LifecyclePolicyText"] = json.dumps(policy)


@attribute_fault("semantic", "Custom::SearchSetup")
def index_age_without_a_unit(resource: Json) -> None:
    """The age of an index is a bare number."""
    edit_text(
        resource["Properties"], "Policy", lambda text: text.replace('d"}, "state', '"}, "state')
    )


@template_fault("semantic")
def stack_imports_its_own_export(template: Json) -> None:
    """A stack imports what it exports itself: it has to be there before it is made."""
    for output in template["Outputs"].values():
        name = output["Export"]["Name"]
        for item in template["Resources"].values():
            if "Description" in item["Properties"]:
                item["Properties"]["Description"] = {"Fn::ImportValue": name}
                return
    raise NotHereError("export")


@fault("schema", _DOMAIN)
def domain_of_two_zones_in_one_subnet(domain: Json) -> None:
    """A search domain of two zones gets one subnet."""
    domain["VPCOptions"]["SubnetIds"] = domain["VPCOptions"]["SubnetIds"][:1]


@fault("semantic", "Custom::GrafanaContent")
def plugin_not_installed(content: Json) -> None:
    """The plugin of a data source is not among those to install."""
    content["Plugins"].pop()


@template_fault("schema")
def metric_filter_with_default_and_dimensions(template: Json) -> None:
    """A metric filter has both dimensions and a value for what does not match."""
    groups = (n for n, r in template["Resources"].items() if r["Type"] == "AWS::Logs::LogGroup")
    transformation = {
        "MetricName": "errors",
        "MetricNamespace": "Errors",
        "MetricValue": "1",
        "DefaultValue": 0,
        "Dimensions": [{"Key": "State", "Value": "$.state"}],
    }
    template["Resources"]["ErrorFilter"] = {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": next(groups)},
            "FilterPattern": "{ $.level = ERROR }",
            "MetricTransformations": [transformation],
        },
    }


@fault("semantic", "AWS::EC2::VPCEndpoint")
def bucket_endpoint_for_own_buckets_only(endpoint: Json) -> None:
    """An endpoint's policy names buckets of our own, and not the one of ECR's layers."""
    if endpoint["VpcEndpointType"] != "Gateway":
        raise NotHereError("gateway")
    own = ["arn:aws:s3:::own-*", "arn:aws:s3:::own-*/*"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": own}
    endpoint["PolicyDocument"] = {"Version": "2012-10-17", "Statement": [statement]}


@template_fault("semantic")
def endpoint_in_the_group_of_its_callers(template: Json) -> None:
    """An endpoint wears a security group that lets nobody in."""
    resources = template["Resources"]
    let_in = {
        json.dumps(item["Properties"].get("GroupId"))
        for item in resources.values()
        if item["Type"] == "AWS::EC2::SecurityGroupIngress"
    }
    closed = (
        name
        for name, item in resources.items()
        if item["Type"] == "AWS::EC2::SecurityGroup"
        and not any(name in group for group in let_in)
        and not item["Properties"].get("SecurityGroupIngress")
    )
    group = {"Fn::GetAtt": [next(closed), "GroupId"]}
    for item in resources.values():
        if listed(item["Properties"].get("SecurityGroupIds")) and "Endpoint" in item["Type"]:
            item["Properties"]["SecurityGroupIds"] = [group]
            return
    raise NotHereError("endpoint")
