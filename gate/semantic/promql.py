"""What a PromQL expression reads: the names of series, and the labels it selects by.

Only the words are told apart here: whether the expression is one, promtool says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    |(?P<number>\d[\w.]*)
    |(?P<word>[a-zA-Z_:][\w:]*)
    |(?P<sign>=~|!~|!=|==|\S)
    |\#.*""",
    re.VERBOSE,
)
_VARIABLE = re.compile(r"\$\{?\w+(?::\w+)?\}?|\[\[\w+\]\]")
_STANDS_FOR_VARIABLE = "__variable__"
_OPERATORS = {"and", "or", "unless", "offset", "bool", "start", "end", "atan2", "inf", "nan"}
_AGGREGATORS = {
    "avg",
    "bottomk",
    "count",
    "count_values",
    "group",
    "limit_ratio",
    "limitk",
    "max",
    "min",
    "quantile",
    "stddev",
    "stdvar",
    "sum",
    "topk",
}
_LABEL_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}


@dataclass(frozen=True)
class Selector:
    """Series of one name that are read, and the labels that choose among them."""

    name: str
    labels: frozenset[str]


def selectors(expression: str) -> list[Selector]:
    """What an expression reads; names that a dashboard's variable completes are left out.

    >>> [item.name for item in selectors('sum by (model) (rate(errors_total{job="x"}[5m])) > 2')]
    ['errors_total']
    """
    plain = _VARIABLE.sub(_STANDS_FOR_VARIABLE, expression)
    tokens = [found for found in _TOKEN.finditer(plain) if found.lastgroup]
    return [found for found in _read(tokens) if _STANDS_FOR_VARIABLE not in found.name]


def _read(tokens: list[re.Match[str]]) -> Iterator[Selector]:
    position = 0
    while position < len(tokens):
        here, following = tokens[position][0], _text(tokens, position + 1)
        is_word = tokens[position].lastgroup == "word"
        position += 1
        if here == "[":
            position = _behind(tokens, position, "]")
        elif here == "{":
            end = _behind(tokens, position, "}")
            yield from _nameless(tokens[position:end])
            position = end
        elif is_word and here.lower() in _LABEL_LISTS:
            position = _behind(tokens, position, ")") if following == "(" else position
        elif is_word and following == "{":
            end = _behind(tokens, position + 1, "}")
            yield Selector(here, frozenset(_labels(tokens[position:end])))
            position = end
        elif is_word and following != "(" and here.lower() not in _OPERATORS | _AGGREGATORS:
            yield Selector(here, frozenset())


def _text(tokens: list[re.Match[str]], position: int) -> str:
    return tokens[position][0] if position < len(tokens) else ""


def _behind(tokens: list[re.Match[str]], position: int, closing: str) -> int:
    while position < len(tokens) and tokens[position][0] != closing:
        position += 1
    return position + 1


def _labels(tokens: list[re.Match[str]]) -> Iterator[str]:
    for here, following in pairwise(tokens):
        if here.lastgroup == "word" and following[0] in ("=", "!=", "=~", "!~"):
            yield here[0]


def _nameless(tokens: list[re.Match[str]]) -> Iterator[Selector]:
    """A selector such as `{__name__="up"}`."""
    words = [token[0] for token in tokens]
    for index, word in enumerate(words[:-2]):
        if word == "__name__" and words[index + 1] == "=":
            yield Selector(words[index + 2][1:-1], frozenset(_labels(tokens)) - {"__name__"})
