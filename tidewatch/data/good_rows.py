"""The rows of a chunk that can be used, column by column; the others are quarantined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile.arrays import booleans
from tidewatch.data.chunk import Chunk
from tidewatch.data.quarantine import Quarantined, TableReason
from tidewatch.data.readable import Mask, Readable, absent, is_plain, readable


class CorruptChunkError(Exception):
    """A chunk turned out to be unreadable while its columns were read."""

    def __init__(self, chunk: Chunk, cause: Exception) -> None:
        super().__init__(str(cause))
        self.chunk = chunk

    def quarantined(self) -> Quarantined:
        """All its rows, which are lost together: a row needs every column."""
        detail = " ".join(str(self).split())[:200]
        return Quarantined(self.chunk.where, TableReason.CORRUPT_ROWS, self.chunk.rows, detail)


@dataclass(frozen=True, eq=False)
class GoodRows:
    """A chunk without the rows that hold a value which cannot be read as its feature's kind."""

    chunk: Chunk
    kinds: Mapping[str, FeatureKind]
    rows: int
    quarantined: tuple[Quarantined, ...]
    _checked: Mapping[str, pa.Array]
    _keep: pa.Array | None

    def columns(self, names: Sequence[str]) -> Iterator[tuple[str, pa.Array]]:
        """The features' values; all missing where the file has no such column.

        Raises CorruptChunkError where they cannot be read.
        """
        unread = []
        for name in names:
            if name not in self.chunk.types:
                yield name, absent(self.kinds[name], self.rows)
            elif name in self._checked:
                values = self._checked[name]
                yield name, values if self._keep is None else values.filter(self._keep)
            else:
                unread.append(name)
        yield from self._kept(unread)

    def _kept(self, names: Sequence[str]) -> Iterator[tuple[str, pa.Array]]:
        start, before = 0, ""
        for name, piece in _pieces(self.chunk, names):
            start = start if name == before else 0
            before = name
            if self._keep is None:
                yield name, piece
            else:
                yield name, piece.filter(self._keep.slice(start, len(piece)))
            start += len(piece)


def good_rows(chunk: Chunk, kinds: Mapping[str, FeatureKind]) -> GoodRows:
    """Checks the columns whose type leaves doubt; the others are not read yet."""
    checked: dict[str, pa.Array] = {}
    bad: Mask | None = None
    quarantined: list[Quarantined] = []
    for name, kind in kinds.items():
        found = chunk.types.get(name)
        if found is None or is_plain(kind, found):
            continue
        pieces = [readable(kind, piece) for _, piece in _pieces(chunk, [name])]
        checked[name] = pa.chunked_array([piece.values for piece in pieces]).combine_chunks()
        for reason, mask, example in _faults(pieces):
            bad = np.zeros(chunk.rows, dtype=bool) if bad is None else bad
            rows = int(np.count_nonzero(mask & ~bad))
            if rows:
                quarantined.append(Quarantined(chunk.where, reason, rows, f"{name}: {example}"))
            bad |= mask
    good = chunk.rows - (0 if bad is None else int(np.count_nonzero(bad)))
    keep = None if bad is None else booleans(~bad)
    return GoodRows(chunk, kinds, good, tuple(quarantined), checked, keep)


def _faults(pieces: list[Readable]) -> Iterator[tuple[TableReason, Mask, str]]:
    """Each reason met in the column, with the rows that it marks and an example."""
    for reason in dict.fromkeys(piece.reason for piece in pieces if piece.reason):
        masks = [
            piece.bad
            if piece.bad is not None and piece.reason is reason
            else np.zeros(len(piece.values), dtype=bool)
            for piece in pieces
        ]
        example = next(piece.example for piece in pieces if piece.reason is reason)
        yield reason, np.concatenate(masks), example


def _pieces(chunk: Chunk, names: Sequence[str]) -> Iterator[tuple[str, pa.Array]]:
    try:
        yield from chunk.columns(names)
    except (OSError, pa.ArrowInvalid) as error:
        raise CorruptChunkError(chunk, error) from error
