"""A plan on Spark."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidewatch.aws.objects import Bucket
from tidewatch.monitoring.shards.partial import Partial
from tidewatch.monitoring.shards.plan_folder import PlanFolder
from tidewatch.spark import planned_rows, profile_window_table, spark_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

logger = logging.getLogger(__name__)

_WHOLE = 0
"""The only share of a plan for Spark, which divides the files itself."""


def run_spark_profile(arguments: Sequence[str]) -> None:
    """One run: `--bucket` is the history bucket, `--plan` the plan's identifier.

    `--account`, where given, is the account that the bucket must belong to.
    """
    parser = argparse.ArgumentParser()
    for name in ("--bucket", "--model", "--plan"):
        parser.add_argument(name, required=True)
    parser.add_argument("--account")
    given = parser.parse_args(arguments)
    folder = PlanFolder(Bucket(given.bucket, given.account), given.model, given.plan)
    spark = spark_session(f"tidewatch {given.model} {given.plan}")
    try:
        profile_plan(spark, folder)
    finally:
        spark.stop()


def profile_plan(spark: SparkSession, folder: PlanFolder) -> None:
    """Leaves the partial profile of the whole plan, unless an earlier try left it."""
    if folder.has(_WHOLE):
        logger.info("plan %s was profiled before", folder.identifier)
        return
    plan, baselines = folder.plan, folder.baselines
    parts = {
        item.window: profile_window_table(planned_rows(spark, plan, item), item.window, baselines)
        for item in plan.windows
        if item.files
    }
    folder.save(Partial(plan.identifier, _WHOLE, tuple(plan.share(_WHOLE)), parts))
    logger.info("plan %s: %d rows", plan.identifier, plan.rows)
