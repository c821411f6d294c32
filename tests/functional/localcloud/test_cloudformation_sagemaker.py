from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.roles import role
from tests.functional.localcloud.templates import Resources, stack
from tests.functional.localcloud.workbench import unique

ARN = "arn:aws:sagemaker:us-east-1:123456789012"


def model(role_arn: str, url: str = "s3://bucket/model.tar.gz") -> dict[str, Any]:
    container = {"Image": "images/serving:1", "ModelDataUrl": url}
    return {
        "Type": "AWS::SageMaker::Model",
        "Properties": {"ExecutionRoleArn": role_arn, "PrimaryContainer": container},
    }


def endpoint_config(count: int | str) -> dict[str, Any]:
    variant = {
        "VariantName": "champion",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InitialInstanceCount": count,
        "InstanceType": "ml.m5.large",
        "InitialVariantWeight": "1.0",
    }
    return {
        "Type": "AWS::SageMaker::EndpointConfig",
        "Properties": {"ProductionVariants": [variant]},
    }


@pytest.fixture(scope="module")
def execution_role(cloud: LocalCloud) -> str:
    return role(cloud, "sagemaker")


def names(cloud: LocalCloud) -> set[str]:
    return {
        found["ModelName"] for found in cloud.session().client("sagemaker").list_models()["Models"]
    }


def test_a_model_is_made_with_its_container_and_its_ref_is_its_lower_case_arn(
    cloud: LocalCloud, execution_role: str
) -> None:
    with stack(cloud, "Model", "Model.ModelName") as made:
        outputs = made.deploy({"Model": model(execution_role)})
        name = outputs["Model.ModelName"]
        described = cloud.session().client("sagemaker").describe_model(ModelName=name)
    assert outputs["Model"] == f"{ARN}:model/{name.lower()}"
    assert described["PrimaryContainer"]["ModelDataUrl"] == "s3://bucket/model.tar.gz"


def test_a_changed_model_is_replaced_and_the_old_one_deleted(
    cloud: LocalCloud, execution_role: str
) -> None:
    with stack(cloud, "Model.ModelName") as made:
        first = made.deploy({"Model": model(execution_role)})["Model.ModelName"]
        second = made.deploy({"Model": model(execution_role, "s3://bucket/2.tar.gz")})
        assert second["Model.ModelName"] != first
        assert second["Model.ModelName"] in names(cloud)
        assert first not in names(cloud)


def test_a_deleted_stack_deletes_its_models(cloud: LocalCloud, execution_role: str) -> None:
    with stack(cloud, "Model.ModelName") as made:
        name = made.deploy({"Model": model(execution_role)})["Model.ModelName"]
    assert name not in names(cloud)


def test_numbers_written_as_text_become_numbers(cloud: LocalCloud, execution_role: str) -> None:
    resources: Resources = {"Model": model(execution_role), "Config": endpoint_config("2")}
    with stack(cloud, "Config.EndpointConfigName") as made:
        name = made.deploy(resources)["Config.EndpointConfigName"]
        described = (
            cloud.session().client("sagemaker").describe_endpoint_config(EndpointConfigName=name)
        )
    assert described["ProductionVariants"][0]["InitialInstanceCount"] == 2


def test_a_refused_resource_rolls_the_stack_back_with_its_reason(cloud: LocalCloud) -> None:
    name = unique("group")
    cloud.session().client("sagemaker").create_model_package_group(ModelPackageGroupName=name)
    group = {
        "Type": "AWS::SageMaker::ModelPackageGroup",
        "Properties": {"ModelPackageGroupName": name},
    }
    with stack(cloud) as made:
        with pytest.raises(AssertionError, match="already exists"):
            made.deploy({"Group": group})
        assert made.status() == "ROLLBACK_COMPLETE"


def test_a_model_package_group_keeps_its_name_and_its_ref_is_its_arn(cloud: LocalCloud) -> None:
    name = unique("Flights")
    group = {
        "Type": "AWS::SageMaker::ModelPackageGroup",
        "Properties": {"ModelPackageGroupName": name},
    }
    with stack(cloud, "Group", "Group.ModelPackageGroupArn") as made:
        outputs = made.deploy({"Group": group})
    assert set(outputs.values()) == {f"{ARN}:model-package-group/{name.lower()}"}


def test_a_group_that_still_holds_versions_is_not_deleted(cloud: LocalCloud) -> None:
    client = cloud.session().client("sagemaker")
    name = unique("group")
    client.create_model_package_group(ModelPackageGroupName=name)
    version = client.create_model_package(ModelPackageGroupName=name)["ModelPackageArn"]
    with pytest.raises(ClientError, match="still has model packages"):
        client.delete_model_package_group(ModelPackageGroupName=name)
    client.delete_model_package(ModelPackageName=version)
    client.delete_model_package_group(ModelPackageGroupName=name)


def test_a_pipeline_is_changed_in_place(cloud: LocalCloud, execution_role: str) -> None:
    name = unique("pipeline")

    def pipeline(body: str) -> Resources:
        properties = {
            "PipelineName": name,
            "RoleArn": execution_role,
            "PipelineDefinition": {"PipelineDefinitionBody": body},
        }
        return {"Pipeline": {"Type": "AWS::SageMaker::Pipeline", "Properties": properties}}

    with stack(cloud, "Pipeline") as made:
        assert made.deploy(pipeline('{"Steps": []}')) == {"Pipeline": name}
        made.deploy(pipeline('{"Steps": [], "Version": "2020-12-01"}'))
        described = cloud.session().client("sagemaker").describe_pipeline(PipelineName=name)
    assert described["PipelineDefinition"] == '{"Steps": [], "Version": "2020-12-01"}'
