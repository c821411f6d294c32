"""Event source mappings: batches that Lambda takes, filters that match, answers that are heard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, mappings, number, text, texts
from gate.semantic.function_code import code_of

_MAPPING = "AWS::Lambda::EventSourceMapping"
_FUNCTION = "AWS::Lambda::Function"
_LISTENS = "ReportBatchItemFailures"
_SCRIPTS = (".js", ".mjs", ".cjs")
# What names failed items: the handler itself, or what Powertools does for it.
_NAMES_FAILURES = re.compile(
    r"batchItemFailures|\b(?:async_)?process_partial_response\b|\bprocessPartialResponse\w*"
)
# Largest batches of a queue: without a window to gather them in, and with one.
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html, 2026-11.
_AT_ONCE, _GATHERED = 10, 10_000
# The fields of a record, by the service that its source belongs to.
_RECORDS = {
    "sqs": "messageId receiptHandle body attributes messageAttributes md5OfBody"
    " md5OfMessageAttributes eventSource eventSourceARN awsRegion",
    "kinesis": "data kinesis partitionKey sequenceNumber approximateArrivalTimestamp eventID"
    " eventName eventSource eventSourceARN eventVersion awsRegion invokeIdentityArn"
    " kinesisSchemaVersion encryptionType",
    "dynamodb": "dynamodb eventID eventName eventSource eventSourceARN eventVersion awsRegion"
    " userIdentity",
}


def batches_are_taken(assembly: Assembly) -> Iterator[Finding]:
    """More than ten messages of a queue take a window to gather them in; FIFO has none."""
    for source in assembly.resources(_MAPPING):
        service = _service(source)
        batch = number(source.properties.get("BatchSize"))
        window = number(source.properties.get("MaximumBatchingWindowInSeconds", 0))
        if service != "sqs" or batch is None or window is None:
            continue
        queue = assembly.at(source.properties.get("EventSourceArn"))
        fifo = text(source.properties, "EventSourceArn").endswith(".fifo") or (
            queue is not None and queue.properties.get("FifoQueue") in (True, "true")
        )
        most = _GATHERED if window >= 1 and not fifo else _AT_ONCE
        if batch > most:
            remedy = (
                f"gather {most} at most"
                if fifo or window >= 1
                else "set MaximumBatchingWindowInSeconds to 1 at least, or gather 10"
            )
            yield source.finding(
                "semantic.batch", f"BatchSize is {batch:g}, which Lambda refuses: {remedy}"
            )
        if fifo and window:
            yield source.finding(
                "semantic.batch",
                "a FIFO queue has a MaximumBatchingWindowInSeconds, which Lambda refuses: drop it",
            )


def filters_look_at_records(assembly: Assembly) -> Iterator[Finding]:
    """A filter names fields of the record: what is sent lies in its body or data."""
    for source in assembly.resources(_MAPPING):
        fields = _RECORDS.get(_service(source), "").split()
        for item in mappings(source.properties, "FilterCriteria", "Filters"):
            written = item.get("Pattern")
            if not is_known(written):
                continue
            try:
                pattern = json.loads(str(written))
            except ValueError:
                yield source.finding("semantic.filter", "a filter's Pattern is no JSON: mend it")
                continue
            unknown = [key for key in _asked(pattern) if fields and key not in fields]
            if unknown:
                yield source.finding(
                    "semantic.filter",
                    f"a filter asks for {', '.join(unknown)}, which no record of its source has: "
                    f"all are dropped; ask inside {'body' if 'body' in fields else fields[0]}",
                )


def failures_are_heard_of(assembly: Assembly) -> Iterator[Finding]:
    """A handler that names the items it failed on is asked for them."""
    for source in assembly.resources(_MAPPING):
        function = assembly.at(source.properties.get("FunctionName"), _FUNCTION)
        listens = _LISTENS in texts(source.properties, "FunctionResponseTypes")
        if function is not None and not listens and _names_failures(assembly, function):
            yield source.finding(
                "semantic.batch-failures",
                f"{function.name} answers with batchItemFailures, and the mapping does not listen: "
                f"what failed is deleted as done; set FunctionResponseTypes to {_LISTENS}",
            )


def _asked(pattern: object) -> Iterator[str]:
    """The fields that must be there for a pattern to match."""
    for key, wanted in pattern.items() if isinstance(pattern, Mapping) else ():
        absent = any(item.get("exists") is False for item in mappings(wanted))
        if not str(key).startswith("$") and not absent:
            yield str(key)


def _service(source: Resource) -> str:
    arn: list[Any] = text(source.properties, "EventSourceArn").split(":")
    return str(arn[2]) if len(arn) > 2 else ""  # noqa: PLR2004 - an ARN's third part


def _names_failures(assembly: Assembly, function: Resource) -> bool:
    code = code_of(assembly, function)
    module = text(function.properties, "Handler").rpartition(".")[0]
    if code is None or not module:
        return False
    python = code.module(module.replace("/", "."))
    names = [python] if python else [f"{module}{suffix}" for suffix in _SCRIPTS]
    sources = [(code.read(name) or b"").decode(errors="ignore") for name in names]
    return any(_NAMES_FAILURES.search(source) for source in sources)


RULES = (batches_are_taken, filters_look_at_records, failures_are_heard_of)
