"""Capture: what an endpoint recorded, parsed into rows; and the labels that follow."""

from tidewatch.core.capture.columnar import (
    ParsedBlock,
    ParsedCapture,
    RefusedRow,
    blocks_of,
    parse_blocks,
    parse_capture,
)
from tidewatch.core.capture.labels import Label, parse_label_line
from tidewatch.core.capture.record import PredictionRow, parse_capture_line
from tidewatch.core.capture.rejection import Reason, Rejection
from tidewatch.core.capture.spec import CaptureSpec
from tidewatch.core.capture.table import rows_to_table

__all__ = [
    "CaptureSpec",
    "Label",
    "ParsedBlock",
    "ParsedCapture",
    "PredictionRow",
    "Reason",
    "RefusedRow",
    "Rejection",
    "blocks_of",
    "parse_blocks",
    "parse_capture",
    "parse_capture_line",
    "parse_label_line",
    "rows_to_table",
]
