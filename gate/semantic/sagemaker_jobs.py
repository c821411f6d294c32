"""Jobs that SageMaker would take: what its service model does not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_known, is_true, mapping, mappings, number, text
from gate.semantic.sagemaker_requests import is_dynamic, sagemaker_requests

_TUNING = "CreateHyperParameterTuningJob"
_TRAINING = "CreateTrainingJob"
_PROCESSING = "CreateProcessingJob"
_TRANSFORM = "CreateTransformJob"
_INSIDE = "/opt/ml/processing"
_MOST_IN_FLIGHT_MB = 100


def spot_training_waits_long_enough(assembly: Assembly) -> Iterable[Finding]:
    """Spot training waits at least as long as it may run; other training waits for nothing."""
    for request in sagemaker_requests(assembly, _TRAINING, _TUNING):
        for place, body in _trainings(request.body):
            for reason in _spot_faults(body):
                yield request.finding("semantic.spot", f"{place}{reason}")


def channels_have_names_of_their_own(assembly: Assembly) -> Iterable[Finding]:
    """No two channels, inputs, outputs or metrics of a job share a name."""
    for request in sagemaker_requests(assembly, _TRAINING, _TUNING, _PROCESSING):
        for place, body in _trainings(request.body):
            for reason in _name_faults(body):
                yield request.finding("semantic.job-names", f"{place}{reason}")


def tuning_ranges_are_ranges(assembly: Assembly) -> Iterable[Finding]:
    """A range goes from less to more, on a scale that it fits, for a parameter of its own."""
    for request in sagemaker_requests(assembly, _TUNING):
        for place, config, definition in _tuned(request.body):
            for reason in _range_faults(mapping(config.get("ParameterRanges")), definition):
                yield request.finding("semantic.tuning-range", f"{place}{reason}")


def tuning_can_be_done(assembly: Assembly) -> Iterable[Finding]:
    """No more jobs run at a time than there are, and the objective is a metric of the jobs."""
    for request in sagemaker_requests(assembly, _TUNING):
        config = mapping(request.body.get("HyperParameterTuningJobConfig"))
        for reason in (*_limit_faults(config), *_objective_faults(request.body)):
            yield request.finding("semantic.tuning", reason)


def metrics_are_read_from_the_log(assembly: Assembly) -> Iterable[Finding]:
    """A metric's expression is one, with a group that holds the value."""
    for request in sagemaker_requests(assembly, _TRAINING, _TUNING):
        for place, body in _trainings(request.body):
            for metric in mappings(_algorithm(body).get("MetricDefinitions")):
                reason = _expression_fault(text(metric.get("Regex")))
                if reason is not None:
                    where = f"{place}the metric {metric.get('Name')!r}"
                    yield request.finding("semantic.job-metric", f"{where}: {reason}")


def processing_stays_in_its_folder(assembly: Assembly) -> Iterable[Finding]:
    """Inputs and outputs of a processing job are below /opt/ml/processing."""
    for request in sagemaker_requests(assembly, _PROCESSING):
        inputs = mappings(request.body.get("ProcessingInputs"))
        outputs = mappings(mapping(request.body.get("ProcessingOutputConfig")).get("Outputs"))
        for item in (*inputs, *outputs):
            path = text(mapping(item.get("S3Input", item.get("S3Output"))).get("LocalPath"))
            if path and is_known(path) and not f"{path}/".startswith(f"{_INSIDE}/"):
                name = item.get("InputName", item.get("OutputName"))
                reason = f"{name} has the local path {path}, expected one below {_INSIDE}"
                yield request.finding("semantic.processing-path", reason)


def transforms_fit_into_memory(assembly: Assembly) -> Iterable[Finding]:
    """Payload times concurrent transforms is at most 100 MB."""
    for request in sagemaker_requests(assembly, _TRANSFORM):
        payload = number(request.body.get("MaxPayloadInMB"))
        at_a_time = number(request.body.get("MaxConcurrentTransforms"))
        if payload and at_a_time and payload * at_a_time > _MOST_IN_FLIGHT_MB:
            reason = f"{at_a_time:g} transforms of {payload:g} MB, expected at most 100 MB in all"
            yield request.finding("semantic.transform", reason)


def _trainings(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A request itself, or the training jobs that a tuning request defines."""
    many = mappings(body.get("TrainingJobDefinitions"))
    if "TrainingJobDefinition" in body:
        yield "", mapping(body["TrainingJobDefinition"])
    elif many:
        for index, definition in enumerate(many):
            yield f"TrainingJobDefinitions[{index}]: ", definition
    else:
        yield "", body


def _tuned(
    body: Mapping[str, Any],
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Whatever holds ParameterRanges, with the jobs that they are for."""
    yield (
        "",
        mapping(body.get("HyperParameterTuningJobConfig")),
        mapping(body.get("TrainingJobDefinition")),
    )
    for place, definition in _trainings(body):
        if "HyperParameterRanges" in definition:
            ranges = {"ParameterRanges": definition["HyperParameterRanges"]}
            yield place, ranges, definition


def _spot_faults(body: Mapping[str, Any]) -> Iterator[str]:
    stopping = mapping(body.get("StoppingCondition"))
    longest, wait = (
        number(stopping.get(name)) for name in ("MaxRuntimeInSeconds", "MaxWaitTimeInSeconds")
    )
    if is_true(body.get("EnableManagedSpotTraining")):
        if wait is None and not is_dynamic(stopping, "MaxWaitTimeInSeconds"):
            yield "spot training needs StoppingCondition.MaxWaitTimeInSeconds"
        elif wait is not None and longest is not None and wait < longest:
            yield (
                f"MaxWaitTimeInSeconds is {wait:g}, expected at least"
                f" MaxRuntimeInSeconds ({longest:g})"
            )
    elif wait is not None and not is_dynamic(body, "EnableManagedSpotTraining"):
        yield "MaxWaitTimeInSeconds is for spot training only: enable that, or leave this out"


def _name_faults(body: Mapping[str, Any]) -> Iterator[str]:
    outputs = mapping(body.get("ProcessingOutputConfig")).get("Outputs")
    for title, things, key in (
        ("channel", body.get("InputDataConfig"), "ChannelName"),
        ("input", body.get("ProcessingInputs"), "InputName"),
        ("output", outputs, "OutputName"),
        ("metric", _algorithm(body).get("MetricDefinitions"), "Name"),
    ):
        names = Counter(text(item.get(key)) for item in mappings(things) if item.get(key))
        for name, times in names.items():
            if times > 1:
                yield f"the {title} {name!r} is named {times} times, expected once"


def _range_faults(ranges: Mapping[str, Any], definition: Mapping[str, Any]) -> Iterator[str]:
    fixed = mapping(definition.get("StaticHyperParameters"))
    names = Counter(text(item.get("Name")) for some in ranges.values() for item in mappings(some))
    for name, times in names.items():
        if times > 1:
            yield f"the parameter {name!r} has {times} ranges, expected one"
        if name in fixed:
            yield f"the parameter {name!r} is tuned and fixed, expected one of both"
    for kind in ("IntegerParameterRanges", "ContinuousParameterRanges"):
        for item in mappings(ranges.get(kind)):
            for reason in _bound_faults(item):
                yield f"the range of {item.get('Name')!r} {reason}"


def _bound_faults(item: Mapping[str, Any]) -> Iterator[str]:
    least, most = number(item.get("MinValue")), number(item.get("MaxValue"))
    if least is None or most is None:
        for name in ("MinValue", "MaxValue"):
            if name in item and is_known(item[name]) and number(item[name]) is None:
                yield f"has the {name} {item[name]!r}, expected a number"
        return
    if least >= most:
        yield f"goes from {least:g} to {most:g}, expected from less to more"
    scale = item.get("ScalingType")
    if scale == "Logarithmic" and least <= 0:
        yield f"is logarithmic and begins at {least:g}, expected more than 0"
    if scale == "ReverseLogarithmic" and not 0 <= least < most < 1:
        yield "is reversely logarithmic, expected a range within 0 and 1"


def _limit_faults(config: Mapping[str, Any]) -> Iterator[str]:
    limits = mapping(config.get("ResourceLimits"))
    jobs = number(limits.get("MaxNumberOfTrainingJobs"))
    parallel = number(limits.get("MaxParallelTrainingJobs"))
    if jobs is not None and parallel is not None and parallel > jobs:
        yield f"{parallel:g} of {jobs:g} jobs run at a time, expected at most {jobs:g}"


def _objective_faults(body: Mapping[str, Any]) -> Iterator[str]:
    config = mapping(body.get("HyperParameterTuningJobConfig"))
    wanted = text(mapping(config.get("HyperParameterTuningJobObjective")).get("MetricName"))
    algorithm = _algorithm(mapping(body.get("TrainingJobDefinition")))
    # Built-in algorithms bring their metrics; jobs of one's own image declare them.
    declared = [text(item.get("Name")) for item in mappings(algorithm.get("MetricDefinitions"))]
    if wanted and declared and wanted not in declared:
        yield f"the objective {wanted!r} is no metric of the jobs, expected {', '.join(declared)}"


def _algorithm(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(body.get("AlgorithmSpecification"))


def _expression_fault(expression: str) -> str | None:
    if not expression or not is_known(expression):
        return None
    try:
        groups = re.compile(expression).groups
    except re.error as error:
        return f"{expression!r} is no regular expression: {error}"
    return None if groups else f"{expression!r} has no group, expected one around the value"


RULES = (
    spot_training_waits_long_enough,
    channels_have_names_of_their_own,
    tuning_ranges_are_ranges,
    tuning_can_be_done,
    metrics_are_read_from_the_log,
    processing_stays_in_its_folder,
    transforms_fit_into_memory,
)
