"""Data capture: which requests are recorded, and a record's form. `capture_writer` puts them."""

from __future__ import annotations

import base64
import json
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

INPUT, OUTPUT = "Input", "Output"
BOTH = "InputAndOutput"


@dataclass(frozen=True)
class Exchange:
    """One request to a model and its answer, as the endpoint saw them."""

    inference_id: str | None
    content_type: str
    body: bytes
    answer_type: str
    answer: bytes


@dataclass(frozen=True)
class Capture:
    """An endpoint configuration's DataCaptureConfig, read."""

    percentage: int
    destination: str
    modes: frozenset[str]
    csv_types: frozenset[str]
    json_types: frozenset[str]

    def samples(self) -> bool:
        """Draw whether a request is recorded."""
        return random.random() * 100 < self.percentage  # noqa: S311 - a sample, not a secret

    def line(self, exchange: Exchange, moment: datetime) -> bytes:
        """The record of one exchange: a line of JSON."""
        sides: dict[str, Any] = {}
        if INPUT in self.modes:
            sides["endpointInput"] = self._side("INPUT", exchange.content_type, exchange.body)
        if OUTPUT in self.modes:
            sides["endpointOutput"] = self._side("OUTPUT", exchange.answer_type, exchange.answer)
        metadata = {"eventId": str(uuid.uuid4())}
        if exchange.inference_id:
            metadata["inferenceId"] = exchange.inference_id
        metadata["inferenceTime"] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        record = {"captureData": sides, "eventMetadata": metadata, "eventVersion": "0"}
        return json.dumps(record, separators=(",", ":")).encode() + b"\n"

    def describe(self) -> dict[str, Any]:
        """The capture as DescribeEndpoint shows it."""
        return {
            "EnableCapture": True,
            "CaptureStatus": "Started",
            "CurrentSamplingPercentage": self.percentage,
            "DestinationS3Uri": self.destination,
        }

    def _side(self, mode: str, content_type: str, data: bytes) -> dict[str, str]:
        encoding, text = self._encode(content_type, data)
        return {
            "observedContentType": content_type,
            "mode": mode,
            "data": text,
            "encoding": encoding,
        }

    def _encode(self, content_type: str, data: bytes) -> tuple[str, str]:
        """Listed types as text, everything else (and what is no UTF-8) as Base64, as AWS does."""
        media_type = media_type_of(content_type)
        for encoding, types in (("CSV", self.csv_types), ("JSON", self.json_types)):
            if media_type in types:
                try:
                    return encoding, data.decode()
                except UnicodeDecodeError:
                    break
        return "BASE64", base64.b64encode(data).decode()


def read_capture(config: Mapping[str, Any] | None) -> Capture | None:
    """The capture of a DataCaptureConfig; None where it is switched off."""
    if not config or not config.get("EnableCapture", False):
        return None
    types = config.get("CaptureContentTypeHeader", {})
    modes: set[str] = set()
    for option in config["CaptureOptions"]:
        modes |= {INPUT, OUTPUT} if option["CaptureMode"] == BOTH else {option["CaptureMode"]}
    return Capture(
        percentage=int(config["InitialSamplingPercentage"]),
        destination=config["DestinationS3Uri"].rstrip("/"),
        modes=frozenset(modes),
        csv_types=frozenset(map(media_type_of, types.get("CsvContentTypes", []))),
        json_types=frozenset(map(media_type_of, types.get("JsonContentTypes", []))),
    )


def media_type_of(content_type: str) -> str:
    """A content type without its parameters.

    >>> media_type_of("text/CSV; charset=utf-8; version=3")
    'text/csv'
    """
    return content_type.partition(";")[0].strip().lower()
