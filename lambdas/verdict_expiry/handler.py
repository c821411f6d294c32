"""Deletes indices whose month is too old: a serverless search collection has no policy for that."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime, timedelta

from lambdas.search_endpoint import SearchEndpoint

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

_INDICES = "/_cat/indices/tidewatch-verdicts-*?format=json&h=index"


def handler(_event: object, _context: object) -> dict[str, list[str]]:
    """Delete every index whose last verdict is older than the retention."""
    search = SearchEndpoint.in_environment()
    kept = timedelta(days=int(os.environ["RETENTION_DAYS"]))
    names = [item["index"] for item in json.loads(search.ask("GET", _INDICES).text)]
    old = sorted(name for name in names if _month_after(name) < datetime.now(UTC) - kept)
    for name in old:
        search.ask("DELETE", f"/{name}")
    logger.info("deleted %s", ", ".join(old) or "nothing")
    return {"deleted": old}


def _month_after(index: str) -> datetime:
    """The first moment that is not in an index's month."""
    year, month = (int(part) for part in index.rsplit("-", 1)[-1].split("."))
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
