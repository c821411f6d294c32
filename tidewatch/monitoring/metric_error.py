"""What is wrong with a metric of the model's own."""

from __future__ import annotations

from tidewatch.core.errors import Fault, TidewatchError


class MetricError(TidewatchError):
    """An expression or a function of the model's file does not give a number."""

    @classmethod
    def of(cls, name: str, found: str) -> MetricError:
        """The metric `name` gave `found`."""
        return cls(
            Fault(
                where=f"monitoring.metrics.{name}",
                found=found,
                expected="one number a window, or nothing where the rows cannot say",
                remedy="mend the metric in the model's file; the other metrics were measured",
            )
        )
