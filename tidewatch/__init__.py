"""Tidewatch: a production ML platform that lives in your own AWS account.

The monitoring engine is a library of its own, without AWS:

    from tidewatch import drift
    report = drift("last_month.parquet", "today.parquet")
    print(report.verdict, report.as_dict())
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidewatch.data.table_drift import Options, TableDrift, baseline, drift

__all__ = ["Options", "TableDrift", "baseline", "drift"]


def __getattr__(name: str) -> Any:
    """The engine is imported when it is asked for: Lambdas carry neither NumPy nor Arrow."""
    if name not in __all__:
        raise AttributeError(f"module 'tidewatch' has no attribute {name!r}")
    from tidewatch.data import table_drift  # noqa: PLC0415 - see above

    return getattr(table_drift, name)
