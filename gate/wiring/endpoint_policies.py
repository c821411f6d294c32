"""Endpoints let through what those who use them do there, and what is done for them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.physical import Place
from gate.reading import fields, text, texts
from gate.wiring.networks import Placement, endpoints, has_way_out, ids, placement
from gate.wiring.policies import Request, allows, statements_of
from gate.wiring.reach import unreached
from gate.wiring.residents import residents
from gate.wiring.targets import behind
from gate.wiring.workloads import Workload, images, workloads

_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html, 2026-11.
_LAYERS = "arn:{partition}:s3:::prod-{region}-starport-layer-bucket/*"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html, 2026-11.
_ANSWERS = "arn:{partition}:s3:::cloudformation-custom-resource-response-{region}/*"


def layers_come_through(assembly: Assembly) -> Iterator[Finding]:
    """Layers of an image of ECR are read from a bucket of ECR's own, in S3."""
    needed: dict[Resource, set[str]] = defaultdict(set)
    for workload in workloads(assembly):
        if any(".dkr.ecr." in image for image in images(workload)):
            for placed in _places(assembly, workload):
                for endpoint in _closed_to(assembly, placed, "s3:GetObject", _LAYERS):
                    needed[endpoint].add(workload.owner.name)
    for endpoint, owners in needed.items():
        yield endpoint.finding(
            "wiring.endpoint-policy",
            f"its policy lets nobody read {_here(assembly, endpoint, _LAYERS)}, from where ECR "
            f"gives the images of {', '.join(sorted(owners))}: they do not start; allow "
            "s3:GetObject there",
        )


def _places(assembly: Assembly, workload: Workload) -> Iterator[Placement]:
    for key, settings in fields(workload.request):
        if key == "VpcConfig":
            subnets = ids(settings, "Subnets", "SubnetIds")
            yield placement(assembly, subnets, texts(settings, "SecurityGroupIds"))


def answers_reach_cloudformation(assembly: Assembly) -> Iterator[Finding]:
    """A function that answers CloudFormation puts its answer into a bucket in S3."""
    answering = _answering(assembly)
    for resident in residents(assembly):
        closed = _closed(assembly, resident.placed)
        if resident.owner not in answering or not closed:
            continue
        fault = unreached(assembly, resident.placed, closed, "s3")
        if fault and "s3" not in resident.services:
            yield resident.owner.finding(
                "wiring.unreachable",
                f"it answers CloudFormation, in a bucket of S3, from subnets without a way out, "
                f"and {fault}: the stack waits for an hour, and fails",
            )
        for endpoint in _closed_to(assembly, resident.placed, "s3:PutObject", _ANSWERS):
            yield endpoint.finding(
                "wiring.endpoint-policy",
                f"its policy lets nobody write to {_here(assembly, endpoint, _ANSWERS)}, where "
                f"{resident.owner.name} answers CloudFormation: the stack waits for an hour, and "
                "fails; allow s3:PutObject there",
            )


def _answering(assembly: Assembly) -> set[Resource]:
    found = {
        behind(assembly, text(resource.properties, "ServiceToken"))
        for resource in assembly.resources()
        if resource.type.startswith(_CUSTOM)
    }
    return {resource for resource in found if resource is not None}


def _closed(assembly: Assembly, placed: Placement) -> list[Resource]:
    return [subnet for subnet in placed.subnets if not has_way_out(assembly, subnet)]


def _closed_to(
    assembly: Assembly, placed: Placement, action: str, bucket: str
) -> Iterator[Resource]:
    """The endpoints of S3 with a policy that does not let through what has no other way."""
    if not _closed(assembly, placed):
        return
    for endpoint in endpoints(assembly, placed.network, "s3"):
        stated = _policy(endpoint)
        asked = Request(action, _here(assembly, endpoint, bucket))
        if stated is not None and not allows(stated, asked):
            yield endpoint


def _here(assembly: Assembly, endpoint: Resource, bucket: str) -> str:
    """The ARN of what lies in a bucket of AWS's own, in the endpoint's region."""
    template = next(
        t for t in assembly.templates if t.resources.get(endpoint.logical_id) is endpoint
    )
    region = template.region.replace("-", "") if bucket is _ANSWERS else template.region
    place = Place(template.stack, template.account, template.region)
    return bucket.format(partition=place.partition, region=region)


def _policy(endpoint: Resource) -> tuple[Mapping[str, Any], ...] | None:
    """The statements of its policy; None where it has none, which lets everything through."""
    document = endpoint.properties.get("PolicyDocument")
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return None
    return statements_of(document) if document else None


RULES = (layers_come_through, answers_reach_cloudformation)
