"""Functions that Lambda still runs, within its limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_known, mapping, number, text

_FUNCTION = "AWS::Lambda::Function"
_MAPPING = "AWS::Lambda::EventSourceMapping"
_QUEUE = "AWS::SQS::Queue"

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, 2026-11.
_RETIRED = re.compile(
    r"(nodejs(|4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x|16\.x|18\.x|20\.x)"
    r"|python(2\.7|3\.6|3\.7|3\.8|3\.9)|ruby2\.[57]|java8|go1\.x|provided"
    r"|dotnet(core1\.0|core2\.[01]|core3\.1|5\.0|6|7))"
)
_LIMITS = {"MemorySize": (128, 10_240), "Timeout": (1, 900)}
_ENVIRONMENT_BYTES = 4_096
_RESERVED = re.compile(
    r"(_HANDLER|_X_AMZN_TRACE_ID|AWS_DEFAULT_REGION|AWS_REGION|AWS_EXECUTION_ENV"
    r"|AWS_LAMBDA_FUNCTION_(NAME|MEMORY_SIZE|VERSION)|AWS_LAMBDA_INITIALIZATION_TYPE"
    r"|AWS_LAMBDA_LOG_(GROUP|STREAM)_NAME|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY"
    r"|AWS_SESSION_TOKEN|AWS_LAMBDA_RUNTIME_API|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)"
)
_NAME = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")


def runtimes_are_supported(assembly: Assembly) -> Iterable[Finding]:
    """A function's runtime is one that gets security fixes."""
    for function in assembly.resources(_FUNCTION):
        runtime = text(function.properties.get("Runtime"))
        if runtime and _RETIRED.fullmatch(runtime):
            reason = f"the runtime {runtime} is deprecated, expected a current one"
            yield function.finding("semantic.runtime", reason)


def functions_are_within_limits(assembly: Assembly) -> Iterable[Finding]:
    """Memory, timeout and environment are what Lambda takes."""
    for function in assembly.resources(_FUNCTION):
        variables = mapping(mapping(function.properties.get("Environment")).get("Variables"))
        for reason in (*_limit_faults(function.properties), *_variable_faults(variables)):
            yield function.finding("semantic.function-limit", reason)


def queues_outlast_their_functions(assembly: Assembly) -> Iterable[Finding]:
    """A queue hides a message at least as long as the function that gets it may run."""
    for source in assembly.resources(_MAPPING):
        queue = assembly.at(source.properties.get("EventSourceArn"), _QUEUE)
        function = assembly.at(source.properties.get("FunctionName"), _FUNCTION)
        if queue is None or function is None:
            continue
        hidden = number(queue.properties.get("VisibilityTimeout", 30))
        timeout = number(function.properties.get("Timeout", 3))
        if hidden is not None and timeout is not None and hidden < timeout:
            reason = (
                f"it hides messages for {hidden:g} s and {function.name} may run {timeout:g} s:"
                " they would be handled twice"
            )
            yield queue.finding("semantic.visibility", reason)


def _limit_faults(properties: Mapping[str, Any]) -> Iterator[str]:
    for field, (least, most) in _LIMITS.items():
        found = number(properties.get(field))
        if found is not None and not least <= found <= most:
            yield f"{field} is {found:g}, expected {least} to {most}"


def _variable_faults(variables: Mapping[str, Any]) -> Iterator[str]:
    for name in variables:
        if _RESERVED.fullmatch(name):
            yield f"the variable {name} is Lambda's own"
        elif not _NAME.fullmatch(name):
            yield f"the variable {name!r} is named as no variable may be"
    known = {name: value for name, value in variables.items() if is_known(value)}
    size = sum(len(name.encode()) + len(str(value).encode()) for name, value in known.items())
    if size > _ENVIRONMENT_BYTES:
        yield f"the variables are {size} bytes, expected at most {_ENVIRONMENT_BYTES}"


RULES = (runtimes_are_supported, functions_are_within_limits, queues_outlast_their_functions)
