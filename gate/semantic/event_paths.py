"""Fields of events: what patterns match and targets are given is spelt as its service spells it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mapping, mappings, texts
from gate.semantic.path import steps_of
from gate.semantic.service_model import operation

_RULE = "AWS::Events::Rule"
_ENVELOPE = (
    "account",
    "detail",
    "detail-type",
    "id",
    "ingestion-time",
    "region",
    "replay-name",
    "resources",
    "source",
    "time",
    "version",
)
_ALMOST = 0.9
# Events whose detail is what the service answers when it is asked for the thing.
_DESCRIBED = {
    "SageMaker Endpoint State Change": ("sagemaker", "DescribeEndpoint"),
    "SageMaker HyperParameter Tuning Job State Change": (
        "sagemaker",
        "DescribeHyperParameterTuningJob",
    ),
    "SageMaker Model Package State Change": ("sagemaker", "DescribeModelPackage"),
    "SageMaker Processing Job State Change": ("sagemaker", "DescribeProcessingJob"),
    "SageMaker Training Job State Change": ("sagemaker", "DescribeTrainingJob"),
    "SageMaker Transform Job State Change": ("sagemaker", "DescribeTransformJob"),
    "Step Functions Execution Status Change": ("stepfunctions", "DescribeExecution"),
}
_WRITTEN = {
    "CloudWatch Alarm State Change": ("alarmName", "configuration", "previousState", "state"),
    "CodeBuild Build State Change": (
        "additional-information",
        "build-id",
        "build-status",
        "current-phase",
        "current-phase-context",
        "project-name",
        "version",
    ),
    "ECR Image Action": (
        "action-type",
        "image-digest",
        "image-tag",
        "repository-name",
        "result",
    ),
}


def event_fields_are_spelt_right(assembly: Assembly) -> Iterable[Finding]:
    """A path into an event starts in a field that events have, and a detail is not misspelt."""
    for rule in assembly.resources(_RULE):
        pattern = mapping(rule.properties.get("EventPattern"))
        known = _details(texts(pattern.get("detail-type")))
        for where, field in _matched(pattern):
            if reason := _misspelt(field, known):
                yield rule.finding("semantic.event-field", f"the pattern's {where} {reason}")
        for target in mappings(rule.properties.get("Targets")):
            for path in _paths(target):
                if reason := _path_fault(path, known):
                    yield rule.finding("semantic.event-field", f"the path {path} {reason}")


def _details(kinds: list[str]) -> Collection[str]:
    """The fields in the details of these kinds of events; none where one of them is not known."""
    found: set[str] = set()
    for kind in kinds:
        model = operation(*_DESCRIBED[kind]) if kind in _DESCRIBED else None
        fields = _WRITTEN.get(kind, ()) if model is None else model.output_shape.members
        if not fields:
            return ()
        found.update(fields)
    return found


def _matched(pattern: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in mapping(pattern.get("detail")):
        if field != "$or":
            yield f"detail.{field}", str(field)


def _paths(target: Mapping[str, Any]) -> Iterator[str]:
    transformer = mapping(target.get("InputTransformer"))
    yield from texts(target.get("InputPath"))
    for path in mapping(transformer.get("InputPathsMap")).values():
        yield from texts(path)


def _path_fault(path: str, known: Collection[str]) -> str | None:
    steps = steps_of(path)
    if not steps:
        return None
    if steps[0] not in _ENVELOPE:
        return (
            f"is of no field that events have, expected one of {', '.join(_ENVELOPE)}: it is null"
        )
    if steps[0] == "detail" and len(steps) > 1:
        return _misspelt(str(steps[1]), known)
    return None


def _misspelt(field: str, known: Collection[str]) -> str | None:
    """What is wrong with a field that is almost one that is known; others may well be there."""
    if field in known:
        return None
    bare = {name.lower().replace("-", ""): name for name in known}
    near = get_close_matches(field.lower().replace("-", ""), list(bare), n=1, cutoff=_ALMOST)
    return f"names what no such event has; was it {bare[near[0]]!r}?" if near else None


RULES = (event_fields_are_spelt_right,)
