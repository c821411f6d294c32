"""Conditions that nothing meets, or everything: they compare with what no request says."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping

from gate.assembly import Assembly
from gate.finding import Finding
from gate.iam.documents import all_statements
from gate.reading import is_known
from gate.wiring.restrictions import ACCOUNTS, Line, lines_of

# `${*}` is a star that is meant, and `${aws:username}` what the request says.
_VARIABLE = re.compile(r"\$\{(?:[*?$]|(?!AWS::)[^}]*)\}")
_LETTER_BY_LETTER = {
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
}
_ARNS = {"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"}
_ADDRESSES = {"IpAddress", "NotIpAddress"}
_YES_OR_NO = {"Bool", "Null"}
_BY_NO_ACCOUNT = {"anonymous"}


def values_that_nothing_has(assembly: Assembly) -> Iterator[Finding]:
    """A condition that compares with a value which its key never has."""
    for stated in all_statements(assembly):
        effect = "allows" if stated.allows else "denies"
        for line in lines_of(stated.statement.get("Condition")):
            for value in line.values:
                why = _why_never(line, value)
                if why:
                    yield stated.owner.finding(
                        "iam.vain-condition",
                        f"found {line.operator} {line.key} {value}: {why}; as it stands the "
                        f"statement never {effect} what it means to; mend the comparison",
                    )


def keys_demanded_and_forbidden(assembly: Assembly) -> Iterator[Finding]:
    """A condition that demands the absence of a key, and a value of it."""
    for stated in all_statements(assembly):
        lines = list(lines_of(stated.statement.get("Condition")))
        absent = {line.key for line in lines if line.operator == "Null" and "true" in line.values}
        for line in lines:
            needed = line.operator != "Null" and not line.optional and not line.negated
            if needed and line.key in absent:
                yield stated.owner.finding(
                    "iam.vain-condition",
                    f"found {line.key} both absent (Null) and compared by {line.operator}; nothing "
                    "is both, so the statement never applies; drop one",
                )


def _why_never(line: Line, value: str) -> str | None:
    if not is_known(value):
        return None
    plain = _VARIABLE.sub("", value)
    if plain != value and "${AWS::" not in value:
        return None
    return next((why for is_vain, why in _REASONS.items() if is_vain(line, plain)), None)


def _is_wildcard_by_letter(line: Line, value: str) -> bool:
    return line.operator in _LETTER_BY_LETTER and "*" in value


def _is_left_unfilled(_: Line, value: str) -> bool:
    return "${AWS::" in value


def _is_no_account(line: Line, value: str) -> bool:
    is_compared = line.operator.startswith("String") and not {"*", "?"} & set(value)
    return line.key in ACCOUNTS and is_compared and not (value.isdigit() or value in _BY_NO_ACCOUNT)


def _is_no_arn(line: Line, value: str) -> bool:
    return line.operator in _ARNS and value.startswith(("http", "s3://", "${"))


def _is_no_address(line: Line, value: str) -> bool:
    if line.operator not in _ADDRESSES:
        return False
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return True
    return False


def _is_neither(line: Line, value: str) -> bool:
    return line.operator in _YES_OR_NO and value.lower() not in {"true", "false"}


_REASONS: Mapping[Callable[[Line, str], bool], str] = {
    _is_wildcard_by_letter: "it compares letter by letter, and takes * for a star; "
    "StringLike or ArnLike know wildcards",
    _is_left_unfilled: "it is text that nothing fills in without Fn::Sub",
    _is_no_account: "the key holds an account's 12 digits",
    _is_no_arn: "it compares ARNs, and this is none",
    _is_no_address: "it compares addresses, and this is none",
    _is_neither: "it is true or false",
}

RULES = (values_that_nothing_has, keys_demanded_and_forbidden)
