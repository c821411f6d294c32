"""The wildcards of IAM: `*` for any text, `?` for one character."""

from __future__ import annotations

import re
from functools import lru_cache

_ARN_PARTS = 6
_VARIABLE = re.compile(r"\$\{[^}]*\}")


@lru_cache(maxsize=8192)
def _compiled(pattern: str) -> re.Pattern[str]:
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, re.DOTALL)


def covers(pattern: str, text: str) -> bool:
    """Whether every text that `text` stands for matches `pattern`.

    >>> covers("arn:aws:s3:::data/*", "arn:aws:s3:::data/2026/*")
    True
    >>> covers("arn:aws:s3:::data/2026/*", "arn:aws:s3:::data/*")
    False
    """
    return _compiled(pattern).fullmatch(text) is not None


def overlaps(first: str, second: str) -> bool:
    """Whether some text matches both patterns.

    >>> overlaps("model/flights-*", "model/*-v1")
    True
    >>> overlaps("model/flights-*", "model/trains")
    False
    >>> overlaps("arn:*:sns:*:*:a", "arn:aws:sns:eu-west-1:111111111111:a")
    True
    """
    one = without_variables(first).split(":", _ARN_PARTS - 1)
    other = without_variables(second).split(":", _ARN_PARTS - 1)
    if one[0] == other[0] == "arn" and len(one) == len(other) == _ARN_PARTS:
        # A wildcard in one part of an ARN does not reach into the next.
        return all(_meet(*parts) for parts in zip(one, other, strict=True))
    return _meet(":".join(one), ":".join(other))


def without_variables(pattern: str) -> str:
    """The pattern with each policy variable, whose value only a request has, as a wildcard."""
    return _VARIABLE.sub("*", pattern)


@lru_cache(maxsize=8192)
def _meet(first: str, second: str) -> bool:
    if "*" not in first + second and "?" not in first + second:
        return first == second
    # `reached` holds the positions in `second` that the characters of `first` so far can end at.
    reached = _skip_stars({0}, second)
    for character in first:
        reached = _skip_stars(_step(character, reached, second), second)
        if not reached:
            return False
    return len(second) in reached


def _step(character: str, reached: set[int], second: str) -> set[int]:
    if character == "*":
        return set(range(min(reached), len(second) + 1))
    following = set()
    for position in reached:
        if position == len(second):
            continue
        other = second[position]
        if other == "*":
            following.add(position)
        elif other in {character, "?"} or character == "?":
            following.add(position + 1)
    return following


def _skip_stars(positions: set[int], second: str) -> set[int]:
    found = set(positions)
    for position in positions:
        after = position
        while after < len(second) and second[after] == "*":
            after += 1
            found.add(after)
    return found
