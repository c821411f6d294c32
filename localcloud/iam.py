"""IAM for what ministack does not know: its services, its condition keys, its Step Functions.

Signatures are verified by ministack; here a request is turned into the actions and resources it
needs (`needs`), and these are evaluated by ministack's own policy evaluator.
"""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from ministack.core import iam_evaluator
from ministack.core.router import extract_access_key_id
from ministack.services.iam import _roles as roles

from localcloud.state import settings

Answer = tuple[int, dict[str, str], bytes]

# The word in an operation's name -> the resource type in its ARN.
SAGEMAKER_KINDS = {
    "AutoMLJob": "automl-job",
    "Endpoint": "endpoint",
    "EndpointConfig": "endpoint-config",
    "HyperParameterTuningJob": "hyper-parameter-tuning-job",
    "MlflowApp": "mlflow-app",
    "Model": "model",
    "ModelPackage": "model-package",
    "ModelPackageGroup": "model-package-group",
    "Pipeline": "pipeline",
    "ProcessingJob": "processing-job",
    "TrainingJob": "training-job",
    "TransformJob": "transform-job",
}
VERBS = re.compile(r"^(Create|Describe|Update|Delete|Stop|Start|List)")
PASSED_ROLES = ("RoleArn", "ExecutionRoleArn")
AMP_DATA_PLANE = re.compile(r"^/workspaces/(?P<workspace>[^/]+)/(?:alertmanager/)?api/v")
AMP_ACTIONS = {
    "/remote_write": "RemoteWrite",
    "/series": "GetSeries",
    "/label": "GetLabels",
    "/metadata": "GetMetricMetadata",
    "/rules": "ListRules",
    "/alerts": "ListAlerts",
    "/silences": "ListAlertManagerSilences",
}


@dataclass(frozen=True)
class Need:
    """One permission that a request needs: an action on a resource, with its condition keys."""

    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Denial:
    """A permission that the caller does not have."""

    principal: str
    need: Need

    def __str__(self) -> str:
        """AWS's own wording, which people search for."""
        return (
            f"User: {self.principal} is not authorized to perform: {self.need.action} "
            f"on resource: {self.need.resource} because no identity-based policy allows the "
            f"{self.need.action} action"
        )


def refuse(
    service: str, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> Answer | None:
    """The answer to a request that its caller may not make; None where the caller may."""
    return refuse_needs(service, path, headers, needs(service, method, path, headers, body))


def refuse_needs(
    service: str, path: str, headers: Mapping[str, str], required: Iterable[Need]
) -> Answer | None:
    """The answer to a caller who lacks one of the permissions; None where they have them all."""
    key = extract_access_key_id(dict(headers))
    for need in required:
        denied = iam_evaluator.enforce(
            key, need.action, service, settings().region, need.resource, dict(need.context)
        )
        if isinstance(denied, iam_evaluator.AuthError):
            return error(denied.code, denied.message, path)
        if denied is not None:
            return error("AccessDeniedException", str(Denial(denied.principal_arn, need)), path)
    return None


def role_denial(role_arn: str, required: Iterable[Need]) -> Denial | None:
    """The first permission that a role lacks, by its identity policies and its boundary."""
    account, role_name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    policies = iam_evaluator._gather_role_policies(role_name, account)
    limits = iam_evaluator._permissions_boundary(roles, role_name, account)
    for need in required:
        context = iam_evaluator.EvalContext(
            principal_arn=role_arn,
            principal_type="AssumedRole",
            principal_account=account,
            action=need.action,
            resource_arn=need.resource,
            region=settings().region,
            service_context={key.lower(): value for key, value in need.context.items()},
        )
        if iam_evaluator.evaluate(context, policies, *limits).decision != "Allow":
            return Denial(role_arn, need)
    return None


def needs(
    service: str, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> list[Need]:
    """The permissions that a request to one of our services needs."""
    if service == "sagemaker":
        return _sagemaker_needs(path, headers, body)
    if service == "aps":
        return [_amp_need(method, path)]
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    return [_scaling_need(operation, body)]


def error(code: str, message: str, path: str = "/") -> Answer:
    """An error as the JSON protocols (on the root path) and the REST protocols say it."""
    status = 400 if path == "/" else 403
    answered = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    body = {"__type": code, "message": message, "Message": message}
    return status, answered, json.dumps(body).encode()


def query_string(query: Mapping[str, list[str]]) -> str:
    """Parsed query parameters back as text."""
    return urlencode(dict(query), doseq=True)


def arn(service: str, resource: str) -> str:
    """The ARN of a resource in this account and region."""
    return f"arn:aws:{service}:{settings().region}:{settings().account}:{resource}"


def _scaling_need(operation: str, body: bytes) -> Need:
    """Targets have ids of their own, which nobody knows before; their namespace narrows them."""
    parameters: dict[str, Any] = json.loads(body) if body else {}
    namespace = str(parameters.get("ServiceNamespace", ""))
    described = operation.startswith("Describe")
    target = "*" if described else arn("application-autoscaling", "scalable-target/any")
    return Need(
        f"application-autoscaling:{operation}",
        target,
        {"application-autoscaling:service-namespace": namespace},
    )


def _sagemaker_needs(path: str, headers: Mapping[str, str], body: bytes) -> list[Need]:
    if path.startswith("/endpoints/"):
        parts = path.split("/")
        action = "InvokeEndpointAsync" if parts[-1].startswith("async") else "InvokeEndpoint"
        endpoint = arn("sagemaker", f"endpoint/{unquote(parts[2]).lower()}")
        return [Need(f"sagemaker:{action}", endpoint)]
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    parameters: dict[str, Any] = json.loads(body) if body else {}
    required = [Need(f"sagemaker:{operation}", _sagemaker_resource(operation, parameters))]
    return required + [
        Need("iam:PassRole", role, {"iam:PassedToService": "sagemaker.amazonaws.com"})
        for role in _passed_roles(operation, parameters)
    ]


def _sagemaker_resource(operation: str, parameters: Mapping[str, Any]) -> str:
    given = parameters.get("ResourceArn") or parameters.get("Arn")
    if given:
        return str(given)
    kind = VERBS.sub("", operation)
    if kind == "EndpointWeightsAndCapacities":
        kind = "Endpoint"
    if operation == "ListModelPackages" or kind == "ModelPackage":
        return _model_package(parameters)
    name = parameters.get(f"{kind}Name") or parameters.get(f"{kind}Arn") or parameters.get("Name")
    if kind not in SAGEMAKER_KINDS or not name:
        return "*"
    if str(name).startswith("arn:"):
        return str(name)
    return arn("sagemaker", f"{SAGEMAKER_KINDS[kind]}/{str(name).lower()}")


def _model_package(parameters: Mapping[str, Any]) -> str:
    """A version is created under its group's name; afterwards it is called by its ARN."""
    name = str(parameters.get("ModelPackageArn") or parameters.get("ModelPackageName") or "")
    if name.startswith("arn:"):
        return name
    group = str(parameters.get("ModelPackageGroupName") or name)
    group = group.rpartition("/")[2].lower()
    return arn("sagemaker", f"model-package/{group}/*") if group else "*"


def _passed_roles(operation: str, parameters: Mapping[str, Any]) -> list[str]:
    if not operation.startswith(("Create", "Update")):
        return []
    documents: list[Mapping[str, Any]] = [parameters]
    documents += [parameters.get("TrainingJobDefinition") or {}]
    documents += parameters.get("TrainingJobDefinitions") or []
    return [document[key] for document in documents for key in PASSED_ROLES if key in document]


def _amp_need(method: str, path: str) -> Need:
    found = AMP_DATA_PLANE.match(path)
    if found:
        return Need(_amp_data_action(path), arn("aps", f"workspace/{found['workspace']}"))
    parts = path.strip("/").split("/")
    verbs = {"POST": "Create", "GET": "Describe", "PUT": "Put", "DELETE": "Delete"}
    nouns = {
        "rulegroupsnamespaces": "RuleGroupsNamespace",
        "alertmanager": "AlertManagerDefinition",
    }
    noun = nouns.get(parts[2] if len(parts) > 2 else "", "Workspace")  # noqa: PLR2004 - /x/y/z
    resource = arn("aps", f"workspace/{parts[1]}") if len(parts) > 1 else "*"
    verb = "List" if method == "GET" and len(parts) in {1, 3} else verbs[method]
    plural = "s" if verb == "List" else ""
    return Need(f"aps:{verb}{noun}{plural}", resource)


def _amp_data_action(path: str) -> str:
    found = (action for part, action in AMP_ACTIONS.items() if part in path)
    return f"aps:{next(found, 'QueryMetrics')}"
