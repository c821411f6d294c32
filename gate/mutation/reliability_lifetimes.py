"""Reliability faults in time: what ends too early, waits too short, or is made too soon."""

from __future__ import annotations

import json

from gate.mutation.mutation import Json, NotHereError, attribute_fault, fault, template_fault
from gate.reading import listed


@fault("reliability", "AWS::Lambda::EventSourceMapping")
def failed_items_unheard(source: Json) -> None:
    """The handler names the items it failed on, and nobody listens."""
    del source["FunctionResponseTypes"]


@fault("reliability", "AWS::Scheduler::Schedule")
def schedule_ended(schedule: Json) -> None:
    """A schedule has ended."""
    schedule["EndDate"] = "2025-01-01T00:00:00Z"


@fault("reliability", "Custom::ContainerImage")
def image_awaited_too_short(image: Json) -> None:
    """CloudFormation waits less long for an image than its build may take."""
    image["ServiceTimeout"] = "600"


@template_fault("reliability")
def image_asked_for_before_its_rule(template: Json) -> None:
    """An image is asked for before the rule that tells of its build's end."""
    resources = template["Resources"]
    for item in resources.values():
        before = listed(item.get("DependsOn"))
        kept = [name for name in before if resources[name]["Type"] != "AWS::Events::Rule"]
        kept = [name for name in kept if resources[name]["Type"] != "AWS::Lambda::Permission"]
        if item["Type"].startswith("Custom::") and kept != before:
            item["DependsOn"] = kept
            return
    raise NotHereError("rule")


@fault("reliability", "AWS::ECR::Repository")
def repository_keeps_one_image(repository: Json) -> None:
    """A repository keeps the last image, and none to go back to."""
    policy = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])
    for rule in policy["rules"]:
        if rule["selection"]["countType"] == "imageCountMoreThan":
            rule["selection"]["countNumber"] = 1
    repository["LifecyclePolicy"]["LifecyclePolicyText"] = json.dumps(policy)


@fault("reliability", "AWS::ECR::Repository")
def images_end_by_age(repository: Json) -> None:
    """Images end with their age, in service or not."""
    policy = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])
    for rule in policy["rules"]:
        if rule["selection"]["countType"] == "imageCountMoreThan":
            rule["selection"] |= {
                "countType": "sinceImagePushed",
                "countNumber": 30,
                "countUnit": "days",
            }
    repository["LifecyclePolicy"]["LifecyclePolicyText"] = json.dumps(policy)


@template_fault("reliability")
def tables_expire(template: Json) -> None:
    """Objects of tables end, and the tables' logs go on naming them."""
    resources = template["Resources"]
    table = next(item for item in resources.values() if item["Type"] == "AWS::Glue::Table")
    location = json.dumps(table["Properties"]["TableInput"]["StorageDescriptor"]["Location"])
    for name, item in resources.items():
        if item["Type"] == "AWS::S3::Bucket" and f'"{name}"' in location:
            item["Properties"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] = 90
            return
    raise NotHereError("tables")


@fault("reliability", "AWS::S3::Bucket")
def models_expire(bucket: Json) -> None:
    """Objects of a bucket of models end."""
    if "artifacts" not in json.dumps(bucket["LoggingConfiguration"]):
        raise NotHereError("models")
    bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] = 30


@template_fault("reliability")
def flows_kept_for_a_day(template: Json) -> None:
    """What was spoken in the network is forgotten on the next day."""
    resources = template["Resources"]
    flow = next(item for item in resources.values() if item["Type"] == "AWS::EC2::FlowLog")
    for name, item in resources.items():
        if item["Type"] == "AWS::Logs::LogGroup" and f'"{name}"' in json.dumps(flow):
            item["Properties"]["RetentionInDays"] = 1
            return
    raise NotHereError("flows")


@attribute_fault("reliability", "AWS::OpenSearchService::Domain")
def domain_before_its_log_policy(domain: Json) -> None:
    """A search domain does not wait for the policy that lets it log."""
    del domain["DependsOn"]
