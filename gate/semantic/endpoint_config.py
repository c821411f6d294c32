"""Endpoint configurations: variants that can share traffic, and capture that monitors can use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_true, mapping, mappings, number, text
from gate.semantic.sagemaker_requests import Request, is_dynamic, sagemaker_requests

_CREATE = "CreateEndpointConfig"


def variants_have_names_of_their_own(assembly: Assembly) -> Iterable[Finding]:
    """No two variants of a configuration, production or shadow, share a name."""
    for request in sagemaker_requests(assembly, _CREATE):
        names = Counter(text(item.get("VariantName")) for item in _all_variants(request.body))
        for name, times in names.items():
            if name and times > 1:
                reason = f"{times} variants are named {name!r}, expected names of their own"
                yield request.finding("semantic.variant-name", reason)


def variants_take_traffic(assembly: Assembly) -> Iterable[Finding]:
    """The weights of the production variants are not negative, and more than 0 in all."""
    for request in sagemaker_requests(assembly, _CREATE):
        variants = mappings(request.body.get("ProductionVariants"))
        weights = [number(item.get("InitialVariantWeight", 1)) for item in variants]
        known = [weight for weight in weights if weight is not None]
        if len(known) < len(variants) or not variants or _dynamic_weight(variants):
            continue
        if any(weight < 0 for weight in known) or sum(known) <= 0:
            shown = ", ".join(f"{weight:g}" for weight in known)
            reason = f"the weights are {shown}, expected none below 0 and a sum above it"
            yield request.finding("semantic.variant-weight", reason)


def variants_can_be_placed(assembly: Assembly) -> Iterable[Finding]:
    """A variant has a model, and either instances or a serverless configuration."""
    for request in sagemaker_requests(assembly, _CREATE):
        for item in _all_variants(request.body):
            for reason in _placing_faults(item, request.body):
                where = f"the variant {item.get('VariantName')!r} {reason}"
                yield request.finding("semantic.variant", where)


def shadows_are_one(assembly: Assembly) -> Iterable[Finding]:
    """A shadow variant stands beside exactly one production variant, and alone."""
    for request in sagemaker_requests(assembly, _CREATE):
        shadows = len(mappings(request.body.get("ShadowProductionVariants")))
        production = len(mappings(request.body.get("ProductionVariants")))
        if (
            shadows
            and (shadows, production) != (1, 1)
            and not is_dynamic(request.body, "ProductionVariants")
        ):
            reason = f"{production} production and {shadows} shadow variants, expected one of each"
            yield request.finding("semantic.shadow", reason)


def capture_is_on(assembly: Assembly) -> Iterable[Finding]:
    """What the endpoint answers is captured, encrypted with a key of ours: monitors live on it."""
    for request in sagemaker_requests(assembly, _CREATE):
        if is_dynamic(request.body, "DataCaptureConfig") or _cannot_capture(request.body):
            continue
        for reason in _capture_faults(request):
            yield request.finding("semantic.capture", reason)


def _all_variants(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        *mappings(body.get("ProductionVariants")),
        *mappings(body.get("ShadowProductionVariants")),
    ]


def _dynamic_weight(variants: Iterable[Mapping[str, Any]]) -> bool:
    return any(is_dynamic(item, "InitialVariantWeight") for item in variants)


def _placing_faults(item: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    has = {name.removesuffix(".$") for name in item}
    # Inference components bring their models later; the configuration then has the role.
    if "ModelName" not in has and not {"ExecutionRoleArn", "ExecutionRoleArn.$"} & set(body):
        yield "has no ModelName"
    instances = has & {"InstanceType", "InitialInstanceCount", "InstancePools"}
    if "ServerlessConfig" in has and instances:
        yield "is serverless and has instances, expected one of both"
    if not has & {"ServerlessConfig", "InstanceType", "InstancePools"}:
        yield "has neither InstanceType nor ServerlessConfig, expected one of them"
    if instances == {"InstanceType"} and "ModelName" in has:
        yield "has no InitialInstanceCount"


def _cannot_capture(body: Mapping[str, Any]) -> bool:
    """Whether the endpoint is asynchronous: its requests and answers lie in S3 anyway."""
    return "AsyncInferenceConfig" in body


def _capture_faults(request: Request) -> Iterator[str]:
    capture = mapping(request.body.get("DataCaptureConfig"))
    if not capture or not (is_true(capture.get("EnableCapture")) or "EnableCapture.$" in capture):
        yield "nothing is captured, expected DataCaptureConfig with EnableCapture: true"
        return
    share = number(capture.get("InitialSamplingPercentage"))
    if share is not None and share < 1:
        yield f"{share:g} % of requests are captured, expected at least 1 %"
    if not {"KmsKeyId", "KmsKeyId.$"} & set(capture):
        yield "captured data is not encrypted with a key of yours: set KmsKeyId"
    modes = [text(item.get("CaptureMode")) for item in mappings(capture.get("CaptureOptions"))]
    if modes and not ({"Input", "Output"} <= set(modes) or "InputAndOutput" in modes):
        yield f"only {', '.join(modes)} is captured, expected Input and Output"


RULES = (
    variants_have_names_of_their_own,
    variants_take_traffic,
    variants_can_be_placed,
    shadows_are_one,
    capture_is_on,
)
