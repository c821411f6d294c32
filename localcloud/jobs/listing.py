"""The List operations: filters, order and pages over records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from moto.sagemaker.exceptions import ValidationError

from localcloud.jobs.records import Record

PAGE = 10
Item = TypeVar("Item")


def page(
    records: Iterable[Record], parameters: dict[str, Any], *, default_order: str = "Descending"
) -> tuple[list[Record], dict[str, str]]:
    """The records of one page, and the NextToken field where there are more."""
    kept = [record for record in records if _matches(record, parameters)]
    order = parameters.get("SortOrder", default_order)
    # Records of one moment stay in the order in which they were made.
    kept.sort(
        key=lambda record: _sort_key(record, str(parameters.get("SortBy", "CreationTime"))),
        reverse=order == "Descending",
    )
    return cut(kept, parameters)


def cut(items: Sequence[Item], parameters: dict[str, Any]) -> tuple[list[Item], dict[str, str]]:
    """One page of a sequence, from NextToken on."""
    token = parameters.get("NextToken") or "0"
    if not token.isdecimal():
        raise ValidationError(f"NextToken: found {token!r}; expected one from an earlier answer")
    start = int(token)
    end = start + int(parameters.get("MaxResults") or PAGE)
    return list(items[start:end]), ({"NextToken": str(end)} if end < len(items) else {})


def _matches(record: Record, parameters: dict[str, Any]) -> bool:
    status = parameters.get("StatusEquals")
    return (
        (not status or record.status == status)
        and str(parameters.get("NameContains") or "").lower() in record.name.lower()
        and _between(record, parameters, "CreationTime")
        and _between(record, parameters, "LastModifiedTime")
    )


def _between(record: Record, parameters: dict[str, Any], field: str) -> bool:
    moment = record.get(field)
    after, before = parameters.get(f"{field}After"), parameters.get(f"{field}Before")
    return (after is None or moment > _aware(after)) and (before is None or moment < _aware(before))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sort_key(record: Record, field: str) -> Any:
    if field == "Name":
        return record.name
    if field == "Status":
        return record.status
    return record.get("CreationTime")
