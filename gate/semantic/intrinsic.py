"""Intrinsic functions of the states language: their names, and how many arguments they take.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.semantic.path import fault_of_path, is_path

_MANY = 99
_UUID = 36
_ARGUMENTS = {
    "Array": (0, _MANY),
    "ArrayContains": (2, 2),
    "ArrayGetItem": (2, 2),
    "ArrayLength": (1, 1),
    "ArrayPartition": (2, 2),
    "ArrayRange": (3, 3),
    "ArrayUnique": (1, 1),
    "Base64Decode": (1, 1),
    "Base64Encode": (1, 1),
    "Format": (1, _MANY),
    "Hash": (2, 2),
    "JsonMerge": (3, 3),
    "JsonToString": (1, 1),
    "MathAdd": (2, 2),
    "MathRandom": (2, 3),
    "StringSplit": (2, 2),
    "StringToJson": (1, 1),
    "UUID": (0, 0),
}
_CALL = re.compile(r"States\.(\w+)\((.*)\)", re.DOTALL)
_LITERAL = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|true|false|null")
_HOLE = re.compile(r"(?<!\\)\{\}")


def fault_of_intrinsic(value: str) -> str | None:
    """Why an intrinsic cannot be called; None where it can.

    >>> fault_of_intrinsic("States.Format('run-{}', $.a, $.b)")
    'States.Format has 1 {} and 2 values'
    """
    return next(_faults(value.strip()), None)


def paths_in(value: str) -> Iterator[str]:
    """The paths that an intrinsic reads, those of the intrinsics within it too."""
    found = _CALL.fullmatch(value.strip())
    for argument in _arguments(found[2]) if found else ():
        if is_path(argument):
            yield argument
        else:
            yield from paths_in(argument)


def least_length(value: str) -> int:
    """The least number of characters of the text that a path or an intrinsic makes.

    >>> least_length("States.Format('run-{}', States.UUID())")
    40
    """
    found = _CALL.fullmatch(value.strip())
    if found is None:
        return 0
    arguments = _arguments(found[2])
    if found[1] == "UUID":
        return _UUID
    if found[1] != "Format" or not arguments or not _is_text(arguments[0]):
        return 0
    written = len(_HOLE.sub("", arguments[0][1:-1]))
    return written + sum(least_length(argument) for argument in arguments[1:])


def _faults(value: str) -> Iterator[str]:
    found = _CALL.fullmatch(value)
    if found is None:
        yield "it is neither a path nor an intrinsic such as States.Format('{}', $.a)"
        return
    name, arguments = found[1], _arguments(found[2])
    if name not in _ARGUMENTS:
        yield f"there is no intrinsic States.{name}"
        return
    least, most = _ARGUMENTS[name]
    if not least <= len(arguments) <= most:
        expected = f"{least}" if least == most else f"{least} to {most}"
        yield f"States.{name} takes {expected} arguments, found {len(arguments)}"
    if name == "Format" and arguments:
        holes = len(_HOLE.findall(arguments[0]))
        if _is_text(arguments[0]) and holes != len(arguments) - 1:
            yield f"States.Format has {holes} {{}} and {len(arguments) - 1} values"
    for argument in arguments:
        yield from _argument_faults(argument)


def _argument_faults(argument: str) -> Iterator[str]:
    if is_path(argument):
        fault = fault_of_path(argument)
        if fault is not None:
            yield f"{argument}: {fault}"
    elif argument.startswith("States."):
        yield from _faults(argument)
    elif not _is_text(argument) and not _LITERAL.fullmatch(argument):
        yield f"the argument {argument!r} is neither a path, a number, nor text in single quotes"


def _is_text(argument: str) -> bool:
    return re.fullmatch(r"'(?:[^'\\]|\\.)*'", argument, re.DOTALL) is not None


def _arguments(written: str) -> list[str]:
    """The arguments of a call, split at the commas outside of quotes and brackets."""
    parts, depth, quoted, current = [], 0, False, ""
    previous = ""
    for character in written:
        if character == "'" and previous != "\\":
            quoted = not quoted
        elif not quoted and character in "([":
            depth += 1
        elif not quoted and character in ")]":
            depth -= 1
        if character == "," and not quoted and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += character
        previous = character
    return [*parts, current.strip()] if current.strip() or parts else []
