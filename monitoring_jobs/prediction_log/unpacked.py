"""A source object's text, piece by piece, whether it is packed or not."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from monitoring_jobs.prediction_log.source_objects import Open

_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow",
    b"PK\x03\x04": "zip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"Obj\x01": "Avro",
}
_LONGEST_MARK = max(map(len, _OTHERS))
_PIECE = 1024 * 1024
_HELD = 64 * 1024 * 1024
_MAX_UNPACKED = 16 * 1024**3
_LONGEST_LINE = 128 * 1024 * 1024


class UnreadableObjectError(Exception):
    """An object whose lines cannot be told apart at all."""


def unpacked(start: Open) -> Iterator[bytes]:
    """The object's text; no more of it is in memory than 64 MB.

    Nothing is given of an object that is gzip but broken or cut off: a large one is unpacked
    twice, once to see. Raises UnreadableObjectError.
    """
    head, chunks = _beginning(start())
    if not head.startswith(_GZIP):
        other = next((name for mark, name in _OTHERS.items() if head.startswith(mark)), None)
        if other is not None:
            raise UnreadableObjectError(f"expected lines of JSON, found a file in {other} format")
        yield from _in_lines(chunks)
        return
    held: list[bytes] = []
    size = 0
    for piece in _in_lines(_gunzipped(chunks)):
        size += len(piece)
        if size <= _HELD:
            held.append(piece)
    yield from held if size <= _HELD else _gunzipped(start())


def _beginning(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, and all chunks."""
    first: list[bytes] = []
    for chunk in chunks:
        first.append(chunk)
        if sum(map(len, first)) >= _LONGEST_MARK:
            break
    return b"".join(first), chain(first, chunks)


def _in_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks; raises UnreadableObjectError where no line ends for too long."""
    length = 0
    for chunk in chunks:
        last = chunk.rfind(b"\n")
        length = len(chunk) - last - 1 if last >= 0 else length + len(chunk)
        if length > _LONGEST_LINE:
            raise UnreadableObjectError(f"a line of more than {_LONGEST_LINE} bytes")
        yield chunk


def _gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The text of one gzip member after the other; NUL bytes behind the last are padding."""
    size = 0
    unpacker = None
    for chunk in chunks:
        rest = chunk
        while rest:
            if unpacker is None:
                rest = rest.lstrip(b"\0") if size else rest
                if not rest:
                    break
                unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            piece = _decompressed(unpacker, rest)
            size += len(piece)
            if size > _MAX_UNPACKED:
                raise UnreadableObjectError(f"gzip that unpacks to more than {_MAX_UNPACKED} bytes")
            if piece:
                yield piece
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            unpacker = None if unpacker.eof else unpacker
    if unpacker is not None:
        raise UnreadableObjectError("truncated gzip")


def _decompressed(unpacker: zlib._Decompress, data: bytes) -> bytes:
    try:
        return unpacker.decompress(data, _PIECE)
    except zlib.error as error:
        raise UnreadableObjectError(f"broken gzip: {error}") from error
