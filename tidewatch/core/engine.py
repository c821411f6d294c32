"""On what a window is profiled: one machine, several, or Spark."""

from __future__ import annotations

from enum import StrEnum


class Engine(StrEnum):
    """`JOB` is one SageMaker Processing job on one instance, `SHARDED` one on several."""

    JOB = "job"
    SHARDED = "sharded"
    SPARK = "spark"
