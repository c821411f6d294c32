"""A queue hides its messages for as long as the function that reads them may take."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import text
from gate.wiring.targets import behind

_QUEUE_DEFAULT, _FUNCTION_DEFAULT = 30, 3


def queues_outlast_functions(assembly: Assembly) -> Iterator[Finding]:
    """A queue that shows a message again while the function still works on it."""
    for mapping in assembly.resources("AWS::Lambda::EventSourceMapping"):
        queue = assembly.at(text(mapping.properties, "EventSourceArn"), "AWS::SQS::Queue")
        function = behind(assembly, text(mapping.properties, "FunctionName"))
        if queue is None or function is None:
            continue
        hidden = _seconds(queue.properties.get("VisibilityTimeout"), _QUEUE_DEFAULT)
        taken = _seconds(function.properties.get("Timeout"), _FUNCTION_DEFAULT)
        if hidden < taken:
            yield mapping.finding(
                "wiring.visibility-timeout",
                f"{queue.name} hides a message for {hidden} s, {function.name} may take {taken} s: "
                "Lambda refuses the mapping; let the queue hide it for six times as long",
            )


def _seconds(value: object, otherwise: int) -> int:
    try:
        return int(str(value))
    except ValueError:
        return otherwise


RULES = (queues_outlast_functions,)
