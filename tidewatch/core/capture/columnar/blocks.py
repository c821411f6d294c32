"""A file of capture as blocks of whole lines, so that no more of it than one is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BLOCK_BYTES = 4 * 1024 * 1024
"""Larger blocks leave the processor's cache and are slower."""


def blocks_of(chunks: Iterable[bytes], size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The bytes of `chunks` as blocks that end with a line, but for the last; none is empty.

    A block has about `size` bytes; a longer line makes it longer.

    >>> list(blocks_of([b"a", b"b\\nc", b"d\\n\\ne"], size=2))
    [b'ab\\n', b'cd\\n', b'\\ne']
    """
    held: list[bytes] = []
    held_bytes = 0
    for chunk in _small(chunks, size):
        held.append(chunk)
        held_bytes += len(chunk)
        if held_bytes < size or b"\n" not in chunk:
            continue
        whole, end, rest = b"".join(held).rpartition(b"\n")
        yield whole + end
        held, held_bytes = [rest], len(rest)
    if held_bytes:
        yield b"".join(held)


def _small(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    for chunk in chunks:
        if len(chunk) <= size:
            yield chunk
        else:
            for start in range(0, len(chunk), size):
                yield chunk[start : start + size]
