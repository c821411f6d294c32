"""Why a record, or a row of one, goes to quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_LONGEST_DETAIL = 300
_LONGEST_VALUE = 61


class Reason(StrEnum):
    """One word for what is wrong; a closed list, so that quarantine can be counted by it."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    UNSUPPORTED_VERSION = "unsupported_version"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    UNDECODABLE_PAYLOAD = "undecodable_payload"
    EMPTY_PAYLOAD = "empty_payload"
    ROW_COUNT_MISMATCH = "row_count_mismatch"
    COLUMN_COUNT = "column_count"
    UNKNOWN_FEATURE = "unknown_feature"
    NOT_A_NUMBER = "not_a_number"
    MISSING_EVENT_TIME = "missing_event_time"
    INVALID_EVENT_TIME = "invalid_event_time"
    SCORE_NOT_A_NUMBER = "score_not_a_number"
    SCORE_OUT_OF_RANGE = "score_out_of_range"
    SCORE_NOT_A_CLASS = "score_not_a_class"
    LABEL_NOT_BINARY = "label_not_binary"
    LABEL_NOT_FINITE = "label_not_finite"
    LABEL_NOT_A_CLASS = "label_not_a_class"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that was refused, or one row of it.

    `detail` says what was found and what was expected. `row` is the row's position in its record
    from 0, or None where the record could not be split into rows.
    """

    reason: Reason
    detail: str
    row: int | None = None


class RejectedError(Exception):
    """Carries a rejection up to the parser's entrance, which turns it into a result."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail if len(detail) <= _LONGEST_DETAIL else f"{detail[:_LONGEST_DETAIL]}…"

    def rejection(self, row: int | None = None) -> Rejection:
        """The rejection of the whole record, or of its row `row`."""
        return Rejection(self.reason, self.detail, row)


def shown(value: object) -> str:
    """`value` as a detail shows it, cut to a glance; of a list or an object only its size.

    >>> shown("x" * 99)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    >>> shown([1, 2])
    'a list of 2'
    """
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = repr(value[:_LONGEST_VALUE] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
