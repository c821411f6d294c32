"""Which rows of a window are profiled, and for whom."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tidewatch.core.errors import DataError
from tidewatch.core.profile import Baseline
from tidewatch.monitoring.window_profiles import profile_window


def rows(versions: list[str | None], variants: list[str | None]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"version": versions, "variant": variants})


def nobodys(version: str) -> Baseline:
    raise AssertionError(f"nobody asks for the baseline of {version}")


@pytest.mark.parametrize("batch", [rows(["1", None], ["a", "a"]), rows(["1", "1"], ["a", None])])
def test_a_row_that_names_no_subject_is_not_passed_over(batch: pa.RecordBatch) -> None:
    with pytest.raises(DataError, match="1 rows without version or variant"):
        profile_window([batch], nobodys)
