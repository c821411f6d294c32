"""What the demo counts while it runs; the rest is read from the platform at the end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Facts:
    """Counts and times of what the world outside the platform did."""

    started_at: datetime
    requests: int = 0
    rows: int = 0
    labels: int = 0
    serving_seconds: float = 0.0
    training_runs: list[dict[str, object]] = field(default_factory=list)
    retrained: bool = False
    peak_memory_mb: int = 0

    def serve(self, *, requests: int, rows: int, began: float) -> None:
        """Count answered traffic; `began` is the monotonic time of its first request."""
        self.requests += requests
        self.rows += rows
        self.serving_seconds += time.monotonic() - began
