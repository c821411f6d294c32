"""Prometheus durations."""

from __future__ import annotations

import pytest

from localcloud.durations import seconds


@pytest.mark.parametrize(
    ("text", "expected"), [("90s", 90), ("1h30m", 5400), ("5d", 432000), ("250ms", 0.25)]
)
def test_a_duration_has_a_length(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "5 d", "soon", "-1h", "1h!"])
def test_other_texts_are_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        seconds(text)
