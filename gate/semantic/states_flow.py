"""A walk through a state machine: what data each state is entered with, and reads in vain.

The input of an execution is not known and may hold anything, and so may the answer of a function
whose code does not write it out; what states write out, select, and get from services is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from gate.reading import mapping, mappings, text
from gate.semantic.data_shape import SCALAR, UNKNOWN, Shape, shape_of_literal
from gate.semantic.function_answers import Answers
from gate.semantic.intrinsic import paths_in
from gate.semantic.path import is_path, steps_of
from gate.semantic.state_machine import Machine, Scope, State
from gate.semantic.task_answers import answer_of

_MOST_ROUNDS = 20
_WHOLE_INPUT = re.compile(r"\$\$\.Execution\.Input(?=[.\[]|$)")
_CAUGHT = Shape({"Error": SCALAR, "Cause": SCALAR})
_READ_FROM_INPUT = (
    "ItemsPath",
    "SecondsPath",
    "TimestampPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "CausePath",
    "ErrorPath",
)


@dataclass(frozen=True)
class Flow:
    """One walk through a machine; `taken` keeps what each state works on, by its place."""

    scopes: Mapping[str, Scope]
    answers: Answers
    given: Shape
    taken: dict[str, Shape]


@dataclass(frozen=True)
class _Step:
    """A state of a run that was `given` some input; `read` keeps the paths without anything."""

    state: State
    given: Shape
    read: list[str]

    def at(self, shape: Shape, path: object) -> Shape:
        """What a path reads of a shape."""
        written = text(path)
        whole = _WHOLE_INPUT.match(written)
        shape, own = (self.given, f"${written[whole.end() :]}") if whole else (shape, written)
        steps = steps_of(own)
        found = UNKNOWN if steps is None else shape.at(steps)
        if found is None:
            self.read.append(str(path))
        return UNKNOWN if found is None else found

    def template(self, value: object, shape: Shape) -> Shape:
        """The shape of Parameters and alike, filled from a shape."""
        if isinstance(value, Mapping):
            fields = {}
            for key, item in value.items():
                name = str(key).removesuffix(".$")
                dynamic = name != key
                fields[name] = self.value(item, shape) if dynamic else self.template(item, shape)
            return Shape(fields)
        if isinstance(value, list):
            return Shape(items=tuple(self.template(item, shape) for item in value))
        return shape_of_literal(value)

    def value(self, written: object, shape: Shape) -> Shape:
        """What a path or an intrinsic makes of a shape."""
        if isinstance(written, str) and is_path(written):
            return self.at(shape, written)
        for path in paths_in(text(written)):
            self.at(shape, path)
        return UNKNOWN


def flow_through(
    machine: Machine, answers: Answers, given: Shape = UNKNOWN
) -> tuple[Mapping[str, Shape], Collection[tuple[str, str]]]:
    """What each state works on, by its place, and the places and paths that are read in vain.

    `answers` says what functions answer; `given` is the execution's input.
    """
    flow = Flow({scope.place: scope for scope in machine.scopes}, answers, given, {})
    outermost = flow.scopes[""]
    # A loop may bring to its first state what nobody gave it when it was entered first.
    first = outermost.states.get(text(outermost.body.get("StartAt")))
    at_first = _run(flow, first, given)[1] if first is not None else []
    _, found = _flow(flow, outermost, given)
    return flow.taken, [*at_first, *found]


def _flow(flow: Flow, scope: Scope, entered: Shape) -> tuple[Shape, list[tuple[str, str]]]:
    """What a scope ends with, and what is read in vain in it."""
    found: list[tuple[str, str]] = []
    ends: Shape | None = None
    for name, shape in _inputs(flow, scope, entered).items():
        state = scope.states[name]
        output, read = _run(flow, state, shape)
        found += read
        if state.body.get("End") is True or state.type == "Succeed":
            ends = output if ends is None else ends.join(output)
    return ends or UNKNOWN, found


def _inputs(flow: Flow, scope: Scope, entered: Shape) -> Mapping[str, Shape]:
    """What each state that is reached can be entered with; nothing where that does not settle."""
    first = text(scope.body.get("StartAt"))
    inputs, waiting = {first: entered}, [first]
    for _ in range(_MOST_ROUNDS * len(scope.states)):
        name = waiting.pop(0) if waiting else None
        if name is None:
            return {name: shape for name, shape in inputs.items() if name in scope.states}
        if name not in scope.states:
            continue
        for following, shape in _followers(flow, scope.states[name], inputs[name]):
            known = inputs.get(following)
            joined = shape if known is None else known.join(shape)
            if joined != known:
                inputs[following] = joined
                waiting += [] if following in waiting else [following]
    return {}


def _followers(flow: Flow, state: State, entered: Shape) -> Iterator[tuple[str, Shape]]:
    output, _ = _run(flow, state, entered)
    for rule in mappings(state.body.get("Choices")):
        yield text(rule.get("Next")), output
    for field in ("Next", "Default"):
        if field in state.body:
            yield text(state.body[field]), output
    for handler in mappings(state.body.get("Catch")):
        place = handler.get("ResultPath", "$")
        yield text(handler.get("Next")), _placed(entered, place, _CAUGHT)


def _run(flow: Flow, state: State, entered: Shape) -> tuple[Shape, list[tuple[str, str]]]:
    """What a state makes of what it is entered with, and what it reads in vain."""
    step = _Step(state, flow.given, [])
    body = state.body
    taken = step.at(entered, body["InputPath"]) if body.get("InputPath") else entered
    taken = Shape() if body.get("InputPath", "") is None else taken
    flow.taken[state.place] = taken
    for field in _READ_FROM_INPUT:
        if text(body.get(field)).startswith("$"):
            step.at(taken, body[field])
    for path in _compared(body):
        step.at(taken, path)
    sent = step.template(body["Parameters"], taken) if "Parameters" in body else taken
    result, inner = _result(flow, step, taken, sent)
    if "ResultSelector" in body:
        result = step.template(body["ResultSelector"], result)
    output = _placed(entered, body.get("ResultPath", "$"), result)
    if state.type in ("Choice", "Wait", "Succeed", "Fail"):
        output = taken
    if body.get("OutputPath"):
        output = step.at(output, body["OutputPath"])
    return output, [*((state.place, path) for path in step.read), *inner]


def _placed(entered: Shape, place: object, result: Shape) -> Shape:
    if place is None:
        return entered
    steps = steps_of(text(place))
    return UNKNOWN if steps is None else entered.put(steps, result)


def _result(
    flow: Flow, step: _Step, taken: Shape, sent: Shape
) -> tuple[Shape, list[tuple[str, str]]]:
    body, place = step.state.body, step.state.place
    if step.state.type == "Pass":
        return (shape_of_literal(body["Result"]) if "Result" in body else sent), []
    if step.state.type == "Task":
        return answer_of(body, flow.answers), []
    if step.state.type == "Parallel":
        branches = [
            _flow(flow, flow.scopes[f"{place}[{index}]/"], sent)
            for index in range(len(mappings(body.get("Branches"))))
        ]
        items = tuple(ended for ended, _ in branches)
        return Shape(items=items), [one for _, found in branches for one in found]
    if step.state.type == "Map" and f"{place}/" in flow.scopes:
        if "ItemSelector" in body:
            each = step.template(body["ItemSelector"], taken)
        else:
            each = sent if "Parameters" in body else UNKNOWN
        _, found = _flow(flow, flow.scopes[f"{place}/"], UNKNOWN if "ItemBatcher" in body else each)
        return UNKNOWN, found
    return UNKNOWN, []


def _compared(value: object) -> Iterator[str]:
    """The variables that a choice reads, unless it asks first whether there is one."""
    choices = mapping(value).get("Choices")
    if "IsPresent" in str(choices):
        return
    waiting = [*mappings(choices)]
    while waiting:
        rule = waiting.pop()
        for key, item in rule.items():
            if key == "Variable" or (key.endswith("Path") and isinstance(item, str)):
                yield str(item)
        waiting += [*mappings(rule.get("And")), *mappings(rule.get("Or"))]
        waiting += [rule["Not"]] if isinstance(rule.get("Not"), Mapping) else []
