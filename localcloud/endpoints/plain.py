"""Models and endpoint configurations: requests that are kept, checked and answered back."""

from __future__ import annotations

from moto.sagemaker.exceptions import ValidationError

from localcloud.endpoints.deployable import check_model
from localcloud.jobs.listing import page
from localcloud.jobs.operations import Parameters, answer, refuse
from localcloud.jobs.records import Kind, Record, add, collection, find, remove

MODEL = Kind(noun="Model", resource="model", collection="_models", has_status=False)
CONFIG = Kind(
    noun="EndpointConfig",
    resource="endpoint-config",
    collection="endpoint_configs",
    has_status=False,
)
CREATE_CONFIG = "CreateEndpointConfig"
NOT_EMULATED = ("ShadowProductionVariants", "AsyncInferenceConfig", "ExplainerConfig")
PERCENT = range(101)


def install() -> None:
    """Answer the operations of models and endpoint configurations."""
    answer("CreateModel", create_model)
    answer(CREATE_CONFIG, create_config)
    for kind in (MODEL, CONFIG):
        _install_rest(kind)


def create_model(request: Parameters) -> Parameters:
    """Keep a model; its artefact is looked at when an endpoint starts it."""
    check_model(request)
    record = Record(MODEL, {"EnableNetworkIsolation": False, **request})
    add(record)
    return {MODEL.arn_key: record.arn}


def create_config(request: Parameters) -> Parameters:
    """Keep an endpoint configuration whose models exist."""
    for field in NOT_EMULATED:
        if request.get(field):
            raise refuse(CREATE_CONFIG, field, f"no {field}")
    names = [variant["VariantName"] for variant in request["ProductionVariants"]]
    if len(set(names)) < len(names):
        raise ValidationError(f"ProductionVariants: found {names}; expected unique VariantNames")
    for variant in request["ProductionVariants"]:
        if "ModelName" not in variant:
            raise refuse(CREATE_CONFIG, f"variant {variant['VariantName']} without ModelName", "it")
        find(MODEL, variant["ModelName"])
    sampling = request.get("DataCaptureConfig", {}).get("InitialSamplingPercentage", 0)
    if sampling not in PERCENT:
        raise ValidationError(f"InitialSamplingPercentage: found {sampling}; expected 0 to 100")
    record = Record(CONFIG, request)
    add(record)
    return {CONFIG.arn_key: record.arn}


def _install_rest(kind: Kind) -> None:
    def describe(given: Parameters) -> Parameters:
        return find(kind, given[kind.name_key]).describe()

    def delete(given: Parameters) -> Parameters:
        remove(kind, given[kind.name_key])
        return {}

    def list_all(given: Parameters) -> Parameters:
        records, token = page(list(collection(kind).values()), given)
        return {f"{kind.noun}s": [_summary(record) for record in records], **token}

    answer(f"Describe{kind.noun}", describe)
    answer(f"Delete{kind.noun}", delete)
    answer(f"List{kind.noun}s", list_all)


def _summary(record: Record) -> Parameters:
    return {
        record.kind.name_key: record.name,
        record.kind.arn_key: record.arn,
        "CreationTime": record.get("CreationTime"),
    }
