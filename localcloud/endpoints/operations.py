"""SageMaker's operations of endpoints, and the hook of InvokeEndpoint."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.sagemaker.exceptions import ValidationError
from moto.sagemakerruntime.responses import SageMakerRuntimeResponse

from localcloud.endpoints import deployment
from localcloud.endpoints.endpoint import KIND, Endpoint
from localcloud.endpoints.invocation import invoke, recorder
from localcloud.endpoints.plain import CONFIG
from localcloud.jobs.listing import page
from localcloud.jobs.operations import Parameters, answer
from localcloud.jobs.records import add, collection, find, remove

SUMMARY = (KIND.name_key, KIND.arn_key, KIND.status_key, "CreationTime", "LastModifiedTime")


def install() -> None:
    """Answer the operations of endpoints."""
    answer("CreateEndpoint", create)
    answer("DescribeEndpoint", lambda given: find(KIND, given[KIND.name_key]).describe())
    answer("UpdateEndpoint", update)
    answer("UpdateEndpointWeightsAndCapacities", update_weights)
    answer("DeleteEndpoint", delete)
    answer("ListEndpoints", list_endpoints)
    SageMakerRuntimeResponse.invoke_endpoint = _invoke  # type: ignore[method-assign]


def create(request: Parameters) -> Parameters:
    """Start the servers of the configuration's variants in the background."""
    find(CONFIG, request["EndpointConfigName"])
    endpoint = Endpoint(request)
    add(endpoint)
    _background(deployment.create, endpoint)
    return {KIND.arn_key: endpoint.arn}


def update(request: Parameters) -> Parameters:
    """Move to another configuration in the background, while the present one serves.

    Guardrails (DeploymentConfig) are kept but not acted on: all traffic moves at once.
    """
    endpoint = _settled(request)
    find(CONFIG, request["EndpointConfigName"])
    deployment_config = request.get("DeploymentConfig")
    endpoint.change(EndpointStatus="Updating", FailureReason=None)
    if deployment_config:
        endpoint.change(LastDeploymentConfig=deployment_config)
    _background(deployment.update, endpoint, request)
    return {KIND.arn_key: endpoint.arn}


def update_weights(request: Parameters) -> Parameters:
    """Set weights and instance counts; they hold from the next request on."""
    endpoint = _settled(request)
    wanted = {each["VariantName"]: each for each in request["DesiredWeightsAndCapacities"]}
    assert endpoint.live is not None
    unknown = sorted(wanted.keys() - endpoint.live.variants.keys())
    if unknown:
        raise ValidationError(
            f'The variant name(s) "{", ".join(unknown)}" is/are not present within endpoint '
            f'configuration "{endpoint.live.config}".'
        )
    endpoint.reweigh(wanted)
    endpoint.enter("InService")
    return {KIND.arn_key: endpoint.arn}


def delete(request: Parameters) -> Parameters:
    """Forget the endpoint at once; its servers end in the background, its capture is put first."""
    endpoint = remove(KIND, request[KIND.name_key])
    assert isinstance(endpoint, Endpoint)
    endpoint.deleted = True
    _background(_end, endpoint)
    return {}


def list_endpoints(given: Parameters) -> Parameters:
    """One page of summaries."""
    endpoints, token = page(list(collection(KIND).values()), given)
    described = [endpoint.describe() for endpoint in endpoints]
    return {
        "Endpoints": [{key: each[key] for key in SUMMARY} for each in described],
        **token,
    }


def _settled(request: Parameters) -> Endpoint:
    """The endpoint, if it is in service: SageMaker changes nothing that is changing."""
    endpoint = find(KIND, request[KIND.name_key])
    assert isinstance(endpoint, Endpoint)
    if endpoint.status != "InService":
        raise ValidationError(
            f'Cannot update in-progress endpoint "{endpoint.arn}": found status {endpoint.status}; '
            "expected InService"
        )
    return endpoint


def _end(endpoint: Endpoint) -> None:
    endpoint.enter("Deleting")
    deployment.retire(endpoint.servers())
    recorder.flush(endpoint.name)


def _background(work: Callable[..., None], *arguments: Any) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()


def _invoke(self: SageMakerRuntimeResponse) -> TYPE_RESPONSE:
    """The operation as moto's dispatcher calls it; the gateway's own way is `invoke`."""
    data = self.body.encode() if isinstance(self.body, str) else self.body
    found = invoke(self.path.split("/")[2], dict(self.headers), data)
    return found.status, {**found.headers, "status": found.status}, found.body
