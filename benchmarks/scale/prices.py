"""What Amazon asks for what is used. Assumptions, every one of them: look before you plan.

List prices of us-east-1, on demand, without discounts, as remembered from the public price pages
in November 2025; nothing here asks Amazon.
"""

from __future__ import annotations

from dataclasses import dataclass

AS_OF = "November 2025, us-east-1, on demand, to be checked"


@dataclass(frozen=True)
class Instance:
    """A kind of machine: USD an hour, its virtual CPUs and GiB of memory."""

    name: str
    hour: float
    cpus: int
    memory: float

    @property
    def cpu_hour(self) -> float:
        """USD an hour of one virtual CPU."""
        return self.hour / self.cpus


PROCESSING = (
    Instance("ml.m5.large", 0.115, 2, 8),
    Instance("ml.m5.xlarge", 0.23, 4, 16),
    Instance("ml.m5.4xlarge", 0.922, 16, 64),
    Instance("ml.c5.4xlarge", 0.816, 16, 32),
)
"""SageMaker Processing."""

_EMR_CPU_HOUR, _EMR_GIB_HOUR = 0.052624, 0.0057785
SPARK = Instance(
    "EMR Serverless, 4 vCPU and 16 GB a worker", 4 * _EMR_CPU_HOUR + 16 * _EMR_GIB_HOUR, 4, 16
)

STORAGE_GB_MONTH = 0.023
"""S3 Standard."""
PUT_THOUSAND = 0.005
GET_THOUSAND = 0.0004
