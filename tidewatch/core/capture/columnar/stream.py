"""Blocks parsed side by side, in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from tidewatch.core.capture.columnar.parse import ParsedCapture, parse_capture
from tidewatch.core.capture.spec import CaptureSpec


@dataclass(frozen=True)
class ParsedBlock:
    """A block of lines, the first of them number `first_line`, and what was found in it."""

    block: bytes
    first_line: int
    parsed: ParsedCapture


def parse_blocks(
    blocks: Iterable[bytes], spec: CaptureSpec, threads: int | None = None
) -> Iterator[ParsedBlock]:
    """Parses blocks of whole lines, of one file and in its order: see `blocks_of`.

    Most of the work is done outside Python, so `threads` share it, one a core if none are named.
    At most twice as many blocks are in memory.
    """
    threads = threads or os.cpu_count() or 1
    waiting: deque[Future[ParsedBlock]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        first_line = 1
        for block in blocks:
            waiting.append(pool.submit(_parse, block, spec, first_line))
            first_line += block.count(b"\n")
            if len(waiting) == 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _parse(block: bytes, spec: CaptureSpec, first_line: int) -> ParsedBlock:
    return ParsedBlock(block, first_line, parse_capture(block, spec, first_line))
