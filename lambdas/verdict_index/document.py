"""A verdict's event as a document of OpenSearch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Document:
    """What is indexed: equal verdicts have equal ids, so that none is there twice."""

    index: str
    id: str
    source: dict[str, Any]


def document(event: dict[str, Any]) -> Document:
    """The document of an EventBridge event "Tidewatch Verdict".

    An index holds what was announced in one month.
    """
    detail = event["detail"]
    content = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    announced = event["time"]
    return Document(
        index=f"tidewatch-verdicts-{announced[:4]}.{announced[5:7]}",
        id=hashlib.sha256(content.encode()).hexdigest(),
        source={
            "@timestamp": detail["window"]["end"],
            "announced_at": announced,
            "window_start": detail["window"]["start"],
            "window_end": detail["window"]["end"],
            **{name: detail[name] for name in ("model", "version", "variant", "unit", "verdict")},
            "reasons": detail["reasons"],
        },
    )
