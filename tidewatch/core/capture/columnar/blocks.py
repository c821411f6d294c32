"""A file of capture as blocks of whole lines, so that no more of it than one is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BLOCK_BYTES = 4 * 1024 * 1024
"""Larger blocks leave the processor's cache and are slower."""


def blocks_of(chunks: Iterable[bytes], size: int = BLOCK_BYTES) -> Iterator[bytes]:
    r"""The bytes of `chunks` as blocks that end with a line, but for the last; none is empty.

    A block has about `size` bytes; a longer line makes it longer.

    >>> list(blocks_of([b"a", b"b\nc", b"d\n\ne"], size=2))
    [b'ab\n', b'cd\n', b'\n', b'e']
    """
    held: list[bytes] = []
    held_bytes = 0
    for chunk in _small(chunks, size):
        last = chunk.rfind(b"\n") + 1 if held_bytes + len(chunk) >= size else 0
        if last:
            yield b"".join([*held, chunk[:last]])
            held, held_bytes = [], 0
        held.append(chunk[last:])
        held_bytes += len(chunk) - last
    if held_bytes:
        yield b"".join(held)


def _small(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    for chunk in chunks:
        if len(chunk) <= size:
            yield chunk
        else:
            for start in range(0, len(chunk), size):
                yield chunk[start : start + size]
