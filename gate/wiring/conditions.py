"""The conditions of IAM statements, judged with what is known of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gate.wiring.glob import covers, overlaps, without_variables

Verdict = bool | None
"""True, False, or None where the request's context is not known."""

_ANY_VALUE = "ForAnyValue:"
_ALL_VALUES = "ForAllValues:"
_IF_EXISTS = "IfExists"


def _like(pattern: str, value: str) -> bool:
    return overlaps(without_variables(pattern), value)


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: covers(value, wanted),
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def hold(condition: object, context: Mapping[str, str | None]) -> Verdict:
    """Whether all conditions hold. Keys are compared without case, as IAM does.

    >>> hold({"StringEquals": {"aws:SourceAccount": "1"}}, {"aws:SourceAccount": "2"})
    False
    >>> hold({"StringEquals": {"s3:prefix": "a/"}}, {}) is None
    True
    """
    if not isinstance(condition, Mapping):
        return True
    known = {key.lower(): value for key, value in context.items()}
    verdicts = [
        _holds(str(operator), str(key).lower(), wanted, known)
        for operator, pairs in condition.items()
        if isinstance(pairs, Mapping)
        for key, wanted in pairs.items()
    ]
    return _all(verdicts)


def _all(verdicts: list[Verdict]) -> Verdict:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _holds(operator: str, key: str, wanted: Any, known: Mapping[str, str | None]) -> Verdict:
    if key not in known:
        return None
    value = known[key]
    plain = operator.removeprefix(_ANY_VALUE).removeprefix(_ALL_VALUES)
    if plain == "Null":
        return (value is None) == (_words(wanted) == ["true"])
    if value is None:
        optional = plain.endswith(_IF_EXISTS) or operator.startswith(_ALL_VALUES)
        return optional or plain in _NEGATED
    return _compare(plain.removesuffix(_IF_EXISTS), _words(wanted), value)


def _compare(operator: str, wanted: list[str], value: str) -> Verdict:
    test = _TESTS.get(_NEGATED.get(operator, operator))
    if test is None:  # numbers, dates, addresses: nothing that a template tells
        return None
    matched = any(test(item, value) for item in wanted)
    if not matched and any("${" in item for item in wanted):
        return None  # the value of a policy variable is the request's
    return not matched if operator in _NEGATED else matched


def _words(wanted: Any) -> list[str]:
    """The values of a condition as text: JSON may have `true` for `"true"`."""
    values = wanted if isinstance(wanted, list | tuple) else [wanted]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]
