"""Which engine profiles the windows that are due."""

from __future__ import annotations

from tidewatch.core.config import Monitoring
from tidewatch.core.engine import Engine


def choose_engine(monitoring: Monitoring, rows: int) -> Engine:
    """The engine for `rows` due rows: the model file's, or the one its limits give for `auto`.

    Nothing to read needs no other machine.
    """
    if monitoring.engine != "auto":
        return Engine(monitoring.engine) if rows else Engine.JOB
    if monitoring.spark_rows is not None and rows > monitoring.spark_rows:
        return Engine.SPARK
    return Engine.SHARDED if rows > monitoring.shard_rows else Engine.JOB


def shares(engine: Engine, monitoring: Monitoring, rows: int) -> int:
    """How many partial profiles are written: one an instance; Spark's driver writes one for all."""
    if engine is Engine.SPARK:
        return 1
    return min(monitoring.instances, -(-rows // monitoring.shard_rows))
