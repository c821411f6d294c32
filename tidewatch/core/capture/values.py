"""Single values: a number, a category, a time, a score, a label."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from tidewatch.core.capture.rejection import Reason, RejectedError, shown

_SECONDS = re.compile(r"[+-]?\d+(\.\d*)?(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def number(value: object) -> float | None:
    """A numeric feature's value: a number, or a number's text; None where it is missing.

    Missing are null, blank text and NaN. Raises RejectedError not_a_number otherwise.

    >>> number(" 1.5 "), number(""), number("NaN"), number(None)
    (1.5, None, None, None)
    """
    if isinstance(value, str):
        return _number_in(value)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return None if math.isnan(value) else float(value)
    raise _not_a_number(value)


def _number_in(text: str) -> float | None:
    try:
        known = float(text)
    except ValueError:
        if not text.strip():
            return None
        raise _not_a_number(text) from None
    if "_" in text or not text.isascii():  # Python's float takes 1_000 and digits of any script
        raise _not_a_number(text)
    return None if math.isnan(known) else known


def _not_a_number(value: object) -> RejectedError:
    return RejectedError(Reason.NOT_A_NUMBER, f"expected a number, found {shown(value)}")


def category(value: object) -> str | None:
    """A categorical feature's value: text, however much it looks like a number.

    Missing are null and empty text. Raises RejectedError wrong_type for lists and objects.

    >>> category("007"), category(7), category(True), category("")
    ('007', '7', 'true', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise RejectedError(Reason.WRONG_TYPE, f"expected a category, found {shown(value)}")


def moment(value: object) -> datetime:
    """A point in time, in UTC: ISO 8601 (without a zone: UTC), or seconds since 1970.

    Digits alone are seconds. Raises RejectedError missing_event_time or invalid_event_time.

    >>> moment("2013-04-03T10:00:00-04:00").isoformat(), moment("0").isoformat()
    ('2013-04-03T14:00:00+00:00', '1970-01-01T00:00:00+00:00')
    """
    text = value.strip() if isinstance(value, str) else value
    if text is None or text == "":
        raise RejectedError(Reason.MISSING_EVENT_TIME, "expected a time, found none")
    try:
        return _moment(text)
    except (ValueError, OverflowError, OSError) as error:
        found = f"expected ISO 8601 or seconds since 1970, found {shown(value)}"
        raise RejectedError(Reason.INVALID_EVENT_TIME, found) from error


def _moment(value: object) -> datetime:
    if isinstance(value, str) and not _SECONDS.fullmatch(value):
        time = datetime.fromisoformat(value)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(float(value), UTC)
    raise ValueError("neither text nor a number")


def score(value: object) -> float:
    """A predicted probability.

    Raises RejectedError: score_not_a_number, or score_out_of_range outside 0 to 1.

    >>> score("0.25")
    0.25
    """
    known = _score_number(value)
    if not 0 <= known <= 1:
        raise RejectedError(Reason.SCORE_OUT_OF_RANGE, f"expected 0 to 1, found {known}")
    return known


def predicted_value(value: object) -> float:
    """A regression's answer.

    Raises RejectedError: score_not_a_number, or score_out_of_range where it is infinite.

    >>> predicted_value("-12.5")
    -12.5
    """
    known = _score_number(value)
    if math.isinf(known):
        raise RejectedError(Reason.SCORE_OUT_OF_RANGE, f"expected a finite number, found {known}")
    return known


def predicted_class(value: object, classes: Sequence[str]) -> float:
    """The place of the decided class among `classes`. Raises RejectedError score_not_a_class.

    >>> predicted_class("calm", ["calm", "storm"])
    0.0
    """
    return _place(value, classes, Reason.SCORE_NOT_A_CLASS)


def binary_label(value: object) -> float:
    """0.0 or 1.0. Raises RejectedError: not_a_number or label_not_binary.

    >>> binary_label("1")
    1.0
    """
    known = number(value)
    if known is None or known not in (0.0, 1.0):
        raise RejectedError(Reason.LABEL_NOT_BINARY, f"expected 0 or 1, found {shown(known)}")
    return known


def true_value(value: object) -> float:
    """A regression's label. Raises RejectedError: not_a_number or label_not_finite.

    >>> true_value("7")
    7.0
    """
    known = number(value)
    if known is None or math.isinf(known):
        found = f"expected a finite number, found {shown(value)}"
        raise RejectedError(Reason.LABEL_NOT_FINITE, found)
    return known


def true_class(value: object, classes: Sequence[str]) -> float:
    """The place of the true class among `classes`. Raises RejectedError label_not_a_class.

    >>> true_class(" storm", ["calm", "storm"])
    1.0
    """
    return _place(value, classes, Reason.LABEL_NOT_A_CLASS)


def _score_number(value: object) -> float:
    try:
        known = number(value)
    except RejectedError as error:
        raise RejectedError(Reason.SCORE_NOT_A_NUMBER, error.detail) from error
    if known is None:
        raise RejectedError(Reason.SCORE_NOT_A_NUMBER, f"expected a score, found {shown(value)}")
    return known


def _place(value: object, classes: Sequence[str], reason: Reason) -> float:
    name = value.strip() if isinstance(value, str) else value
    if name not in classes:
        raise RejectedError(reason, f"expected a class of the model, found {shown(value)}")
    return float(classes.index(name))
