"""Versions are found through the endpoint and its model packages, per variant."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tidewatch.aws import variants
from tidewatch.aws.variants import Endpoint, EndpointError

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/flights/"


class FakeSageMaker:
    """As much of the API as is asked; every call is noted."""

    def __init__(self) -> None:
        self.models: dict[str, dict[str, Any]] = {
            "m1": {"ModelPackageName": f"{ARN}3"},
            "m2": {"ModelPackageName": f"{ARN}4"},
        }
        self.shadows: list[dict[str, str]] = []
        self.calls: list[str] = []
        self.error = ""

    def describe_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803
        self.calls.append("describe_endpoint")
        if self.error:
            self._fail(self.error)
        if EndpointName != "flights-local":
            self._fail(f"Could not find endpoint {EndpointName}")
        return {"EndpointConfigName": "c"}

    def describe_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:  # noqa: N803
        assert EndpointConfigName == "c"
        pairs = [("champion", "m1"), ("challenger", "m2")]
        if self.shadows:
            pairs = pairs[:1]
        answering = [{"VariantName": v, "ModelName": m} for v, m in pairs]
        return {"ProductionVariants": answering} | (
            {"ShadowProductionVariants": self.shadows} if self.shadows else {}
        )

    def describe_model(self, ModelName: str) -> dict[str, Any]:  # noqa: N803
        return {"PrimaryContainer": self.models[ModelName]}

    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:  # noqa: N803
        if ModelPackageName != f"{ARN}2":
            self._fail("no such package")
        return {"CustomerMetadataProperties": {"baseline": "s3://a/b"}}

    @staticmethod
    def _fail(message: str) -> None:
        raise ClientError({"Error": {"Code": "ValidationException", "Message": message}}, "x")


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> FakeSageMaker:
    fake = FakeSageMaker()
    monkeypatch.setattr(variants, "aws_client", lambda _: fake)
    return fake


def test_each_variant_has_the_version_of_its_own_package(sagemaker: FakeSageMaker) -> None:
    endpoint = Endpoint("flights-local")
    assert {v.name: v.version for v in endpoint.serving.values()} == {
        "champion": "3",
        "challenger": "4",
    }
    assert endpoint.serving
    assert sagemaker.calls == ["describe_endpoint"]


def test_a_shadow_is_watched_as_any_other_variant(sagemaker: FakeSageMaker) -> None:
    sagemaker.shadows = [{"VariantName": "challenger", "ModelName": "m2"}]
    found = Endpoint("flights-local").serving
    assert {name: variant.version for name, variant in found.items()} == {
        "champion": "3",
        "challenger": "4",
    }


@pytest.mark.usefixtures("sagemaker")
def test_a_version_that_serves_no_more_still_has_its_properties() -> None:
    assert Endpoint("flights-local").properties("2") == {"baseline": "s3://a/b"}


@pytest.mark.usefixtures("sagemaker")
def test_a_version_without_a_package_has_no_properties() -> None:
    assert Endpoint("flights-local").properties("99") == {}


@pytest.mark.usefixtures("sagemaker")
def test_before_the_first_release_nothing_serves() -> None:
    assert Endpoint("other").serving == {}
    with pytest.raises(EndpointError, match="to find version 1 by"):
        Endpoint("other").properties("1")


def test_another_fault_of_the_endpoint_is_not_taken_for_its_absence(
    sagemaker: FakeSageMaker,
) -> None:
    sagemaker.error = "Rate exceeded"
    with pytest.raises(ClientError, match="Rate exceeded"):
        _ = Endpoint("flights-local").serving


def test_a_variant_that_is_no_registered_version_is_an_error(sagemaker: FakeSageMaker) -> None:
    sagemaker.models["m2"] = {"Image": "x"}
    with pytest.raises(EndpointError, match="challenger serves m2, which has no model package"):
        _ = Endpoint("flights-local").serving
