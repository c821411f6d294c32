"""Capture, column by column: what `parse_capture_line` finds, thirty times as fast.

A block of lines is searched for its quotes, whole. Lines that differ from one sample line only
inside strings have the sample's structure, so the sample is decoded and the others' strings are
cut out by position; their payloads go through Arrow's CSV reader together. Whatever is not proven
to mean what the row parser would read (a strange escape, a number in an odd form, a wrong count)
goes to the row parser, line by line. So the row parser stays the definition.
"""

from tidewatch.core.capture.columnar.blocks import blocks_of
from tidewatch.core.capture.columnar.parse import ParsedCapture, RefusedRow, parse_capture
from tidewatch.core.capture.columnar.stream import ParsedBlock, parse_blocks

__all__ = [
    "ParsedBlock",
    "ParsedCapture",
    "RefusedRow",
    "blocks_of",
    "parse_blocks",
    "parse_capture",
]
