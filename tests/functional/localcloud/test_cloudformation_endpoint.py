from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.templates import Resources, Stack, stack
from tests.functional.localcloud.workbench import Workbench, archive, image, unique


@pytest.fixture(scope="module")
def bench(cloud: LocalCloud) -> Workbench:
    return Workbench.create(cloud)


@pytest.fixture
def made(cloud: LocalCloud) -> Iterator[Stack]:
    with stack(cloud, "Endpoint", "Endpoint.EndpointName") as endpoint:
        yield endpoint


def serving(bench: Workbench, constant: float, key: str | None = None) -> Resources:
    """A model that always answers the constant, behind one variant."""
    document = json.dumps({"constant": constant}).encode()
    uri = bench.put(key or f"{unique('model')}.tar.gz", archive({"model.json": document}))
    model = {
        "ExecutionRoleArn": bench.role,
        "PrimaryContainer": {"Image": image("test_scorer"), "ModelDataUrl": uri},
    }
    variant = {
        "VariantName": "champion",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m7i.large",
        "InitialVariantWeight": 1,
    }
    config = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    return {
        "Model": {"Type": "AWS::SageMaker::Model", "Properties": model},
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {"ProductionVariants": [variant]},
        },
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {"EndpointConfigName": config},
        },
    }


def score(cloud: LocalCloud, endpoint: str) -> float:
    client: Any = cloud.session().client("sagemaker-runtime")
    answer = client.invoke_endpoint(EndpointName=endpoint, Body=b"1,2", ContentType="text/csv")
    return float(answer["Body"].read())


def test_a_deployed_endpoint_serves_and_moves_to_a_new_model_without_being_replaced(
    cloud: LocalCloud, bench: Workbench, made: Stack
) -> None:
    first = made.deploy(serving(bench, 1.0))
    name = first["Endpoint.EndpointName"]
    assert first["Endpoint"].endswith(f":endpoint/{name.lower()}")
    assert score(cloud, name) == 1.0
    assert made.deploy(serving(bench, 2.0)) == first
    assert score(cloud, name) == 2.0


def test_an_endpoint_whose_model_cannot_be_loaded_fails_its_stack(
    bench: Workbench, made: Stack
) -> None:
    resources = serving(bench, 1.0)
    container = resources["Model"]["Properties"]["PrimaryContainer"]
    container["ModelDataUrl"] = bench.uri("nothing.tar.gz")
    with pytest.raises(AssertionError, match="did not come into service"):
        made.deploy(resources)


def test_a_deleted_stack_ends_the_endpoint(cloud: LocalCloud, bench: Workbench) -> None:
    with stack(cloud, "Endpoint.EndpointName") as short_lived:
        name = short_lived.deploy(serving(bench, 1.0))["Endpoint.EndpointName"]
    client = cloud.session().client("sagemaker")
    with pytest.raises(client.exceptions.ClientError, match="Could not find"):
        client.describe_endpoint(EndpointName=name)
