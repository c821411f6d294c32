"""What many records share: the structure of a sample, and where the strings lie that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import orjson

from tidewatch.core.capture.columnar.lines import Lines, Mask, Positions
from tidewatch.core.capture.envelope import load_event, object_in, text_in
from tidewatch.core.capture.payload import Form, form_of
from tidewatch.core.capture.rejection import RejectedError

_MOST_TEMPLATES = 8
_WORD = 8
_QUOTE = re.compile(rb'(?<!\\)"')


@dataclass(frozen=True)
class Side:
    """The request or the answer of a template's records: where its data are, and their form."""

    place: int
    form: Form


@dataclass(frozen=True)
class Template:
    """A structure of records.

    Places count the pieces that its quotes cut a record into; those of strings are odd. `places`
    are those of the strings that differ, `shared` the bytes around them, one more.
    """

    places: Sequence[int]
    shared: Sequence[bytes]
    inference_id: int
    inference_time: int
    request: Side
    answer: Side


@dataclass(frozen=True)
class Group:
    """The lines, by position in `of`, that have the structure of `template`."""

    of: Lines
    template: Template
    lines: Positions

    @cached_property
    def _firsts(self) -> Positions:
        return self.of.first_quotes[self.lines]

    def string(self, place: int) -> tuple[Positions, Positions]:
        """Where each line's string at `place` starts and ends, without its quotes."""
        first = self._firsts + (place - 1)
        return self.of.quotes[first] + 1, self.of.quotes[first + 1]

    def matching(self) -> Group:
        """Those lines, which have as many quotes, that have the template's bytes, too."""
        strings = [self.string(place) for place in self.template.places]
        begins = [self.of.starts[self.lines], *(end for _, end in strings)]
        ends = [*(start for start, _ in strings), self.of.ends[self.lines]]
        same = np.ones(len(self.lines), bool)
        for begin, end, text in zip(begins, ends, self.template.shared, strict=True):
            same &= end - begin == len(text)
            same[same] = _holds(self.of.block, begin[same], text)
        return Group(self.of, self.template, self.lines[same])


def groups_of(lines: Lines) -> Iterator[Group]:
    """The lines by template; lines that are in no group are the row parser's."""
    left = lines.regular.copy()
    counts = np.diff(lines.first_quotes)
    for _ in range(_MOST_TEMPLATES):
        if not left.any():
            return
        usual = np.bincount(counts[left]).argmax()
        alike = np.flatnonzero(left & (counts == usual))
        left[alike[0]] = False
        template = _template(lines.text(alike[0]), lines.text(alike[-1]))
        if template is not None:
            group = Group(lines, template, alike).matching()
            left[group.lines] = False
            yield group


def _holds(block: bytes, at: Positions, text: bytes) -> Mask:
    """Whether the block holds `text` at each position; it is long enough there."""
    same = np.ones(len(at), bool)
    for start, size in _words(len(text)):
        windows: Any = np.ndarray((len(block) - size + 1,), f"V{size}", block, strides=(1,))
        word = np.uint64 if size % _WORD == 0 else np.uint8
        found = windows[at + start].view(word).reshape(len(at), -1)
        equal = found == np.frombuffer(text, word, found.shape[1], start)
        if not equal.all():
            same &= equal.all(axis=1)
    return same


def _words(size: int) -> list[tuple[int, int]]:
    """Where to start and how many bytes to compare, to compare `size` bytes by words."""
    if size < _WORD:
        return [(0, size)] if size else []
    whole = size - size % _WORD
    return [(0, whole)] if whole == size else [(0, whole), (size - _WORD, _WORD)]


def _template(sample: bytes, other: bytes) -> Template | None:
    """The structure of `sample`; None where it cannot be read by position.

    A string that nobody reads belongs to the structure if the line `other` has it as well.
    """
    pieces = _QUOTE.split(sample)
    values = _values(pieces)
    marked = [b"%d" % place if place in values else piece for place, piece in enumerate(pieces)]
    try:
        read = _Strings(load_event(sample), orjson.loads(b'"'.join(marked)))
    except (RejectedError, orjson.JSONDecodeError):
        return None
    others = dict(enumerate(_QUOTE.split(other)))
    unread = {place for place in values - read.fixed if others.get(place) != pieces[place]}
    places = sorted(read.varying | unread)
    return Template(
        places=places,
        shared=_shared(pieces, places),
        inference_id=read.inference_id,
        inference_time=read.inference_time,
        request=read.request,
        answer=read.answer,
    )


def _values(pieces: Sequence[bytes]) -> set[int]:
    """The places of strings that are values, not names."""
    return {
        place
        for place in range(1, len(pieces) - 1, 2)
        if not pieces[place + 1].lstrip().startswith(b":")
    }


def _shared(pieces: Sequence[bytes], places: Sequence[int]) -> list[bytes]:
    """The bytes before, between and after the strings at `places`, with those strings' quotes."""
    bounds = [-1, *places, len(pieces)]
    between = [b'"'.join(pieces[left + 1 : right]) for left, right in pairwise(bounds)]
    return [
        (b'"' if i else b"") + text + (b'"' if i < len(places) else b"")
        for i, text in enumerate(between)
    ]


class _Strings:
    """The places of the strings that the row parser reads in an event.

    `places` is the event with every string that is a value replaced by its place. Raises
    RejectedError where the row parser would, but for what is in the payloads.
    """

    def __init__(self, event: dict[str, Any], places: dict[str, Any]) -> None:
        self.fixed = {int(places["eventVersion"])}
        self.request = self._side(event, places, "endpointInput")
        self.answer = self._side(event, places, "endpointOutput")
        metadata, where = object_in(event, "eventMetadata"), places["eventMetadata"]
        if metadata.get("inferenceId") == "":
            self.fixed.add(int(where["inferenceId"]))
        name = "inferenceId" if metadata.get("inferenceId") else "eventId"
        text_in(metadata, name)
        self.inference_id = int(where[name])
        text_in(metadata, "inferenceTime")
        self.inference_time = int(where["inferenceTime"])
        self.varying = {
            self.request.place,
            self.answer.place,
            self.inference_id,
            self.inference_time,
        }

    def _side(self, event: dict[str, Any], places: dict[str, Any], name: str) -> Side:
        side = object_in(object_in(event, "captureData"), name)
        where = places["captureData"][name]
        form = form_of(side)
        self.fixed.add(int(where["encoding"]))
        if isinstance(side.get("observedContentType"), str):
            self.fixed.add(int(where["observedContentType"]))
        return Side(int(where["data"]), form)
