"""What the condition of a statement really restricts, and what only looks as if it did.

Sources: the IAM user guide, "Condition operators" and "Global condition context keys".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gate.reading import is_known, listed, mapping

ACCOUNTS = frozenset(
    {
        "aws:principalaccount",
        "aws:resourceaccount",
        "aws:sourceaccount",
        "aws:sourceowner",
        "kms:calleraccount",
    }
)
"""The keys whose value is an account."""

UNKNOWN = "unknown"
"""Stands for the keys of a part of a condition that only the deployment makes."""

_ANY_OR_ALL = re.compile(r"^For(?:Any|All)Values?:")
_ALL_VALUES = "ForAllValues:"
_IF_EXISTS = "IfExists"
_WITH_WILDCARDS = {"StringLike", "ArnLike", "ArnEquals"}
_ALWAYS_SENT = {"aws:principalaccount", "kms:calleraccount"}
_ARN_PARTS, _SERVICE, _ACCOUNT = 6, 2, 4
# Their names are nobody else's, whatever account has them.
_UNIQUE_EVERYWHERE = {"cloudfront", "s3"}
# What is left of a pattern for everything once its wildcards are gone.
_BARE = {"", "o-", "vpc-", "vpce-", ".amazonaws.com"}
# Under a block that is shorter, more than a network provider's own addresses lie.
_SHORTEST_PREFIX = {4: 8, 6: 16}
# Whom an identity provider means: a label, then the organization, project or namespace.
_WHOSE = re.compile(r"(?:system:serviceaccount:|[\w-]+:)?([^:/]*)")


@dataclass(frozen=True)
class Line:
    """One line of a condition. `optional` is true also where the request lacks the key."""

    operator: str
    key: str
    values: tuple[str, ...]
    optional: bool

    @property
    def negated(self) -> bool:
        """Whether it names those who are not meant."""
        return "Not" in self.operator


def lines_of(condition: object) -> Iterator[Line]:
    """The lines of a condition; keys in lower case, as IAM compares them.

    >>> [line.key for line in lines_of({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}})]
    ['aws:sourcevpc']
    """
    if isinstance(condition, str):
        yield Line("", UNKNOWN, (), optional=False)
    for written, pairs in mapping(condition).items():
        operator = _ANY_OR_ALL.sub("", str(written))
        optional = operator.endswith(_IF_EXISTS) or str(written).startswith(_ALL_VALUES)
        if isinstance(pairs, str):
            yield Line(operator, UNKNOWN, (), optional=False)
        for key, wanted in mapping(pairs).items():
            plain = operator.removesuffix(_IF_EXISTS)
            yield Line(plain, str(key).lower(), _words(wanted), optional)


def restricted(condition: object, *, always_sent: bool = False) -> frozenset[str]:
    """The keys, in lower case, by which a condition keeps anybody out.

    A key is left out that takes every value, says only who is not meant, or may be absent; the
    last not where whoever asks is known to send it (`always_sent`).

    >>> restricted({"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:*"}})
    frozenset()
    >>> restricted({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}})
    frozenset()
    >>> restricted({"StringLike": {"aws:PrincipalOrgID": "o-1*"}})
    frozenset({'aws:principalorgid'})
    """
    lines = list(lines_of(condition))
    demanded = {line.key for line in lines if line.operator == "Null" and line.values == ("false",)}
    return frozenset(
        line.key
        for line in lines
        if not line.negated
        and line.operator != "Null"
        and not any(_takes_everything(line, value) for value in line.values)
        and (always_sent or not line.optional or line.key in demanded or line.key in _ALWAYS_SENT)
    )


def is_void(condition: object) -> bool:
    """Whether there is a condition, and each line of it is a pattern that everything matches.

    >>> is_void({"StringLike": {"aws:ResourceAccount": "*"}})
    True
    >>> is_void({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}), is_void({})
    (False, False)
    """
    lines = list(lines_of(condition))
    return bool(lines) and all(
        line.operator != "Bool" and any(_takes_everything(line, value) for value in line.values)
        for line in lines
    )


def _takes_everything(line: Line, value: str) -> bool:
    if not is_known(value) or "${" in value:  # what it stands for is the request's, or a secret
        return False
    if line.operator in {"Bool", "IpAddress"}:
        return value == "false" or _is_most_of_the_internet(value)
    return line.operator in _WITH_WILDCARDS and _is_pattern_for_all(line.key, value)


def _is_pattern_for_all(key: str, pattern: str) -> bool:
    if not {"*", "?"} & set(pattern):
        return False
    if pattern.startswith("arn:"):
        return _is_arn_of_anybody(pattern)
    if key.endswith(":sub"):
        whose = _WHOSE.match(pattern)
        return whose is None or bool({"*", "?"} & set(whose[1]))
    return pattern.partition("/")[0].strip("*?") in _BARE


def _is_most_of_the_internet(block: str) -> bool:
    try:
        network = ipaddress.ip_network(block, strict=False)
    except ValueError:
        return False
    return network.prefixlen < _SHORTEST_PREFIX[network.version]


def _is_arn_of_anybody(arn: str) -> bool:
    parts = arn.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return not re.search(r"\d{12}", arn)
    if parts[_SERVICE] in _UNIQUE_EVERYWHERE or not parts[_ACCOUNT]:
        return parts[-1].replace("/", "").strip("*?") == ""
    return parts[_ACCOUNT].strip("*?") == ""


def _words(wanted: object) -> tuple[str, ...]:
    """The values as text: JSON may have `true` for `"true"`."""
    return tuple(
        str(item).lower() if isinstance(item, bool) else str(item) for item in listed(wanted)
    )
