"""Profiles on Spark: the engine's own kernel in every Python worker, through `mapInArrow`.

Needs PySpark 3.5 and Java 17; nothing else of Tidewatch does.
"""

from tidewatch.spark.profile_table import profile_table
from tidewatch.spark.profile_window import planned_rows, profile_window_table
from tidewatch.spark.session import SparkMissingError, spark_session

__all__ = [
    "SparkMissingError",
    "planned_rows",
    "profile_table",
    "profile_window_table",
    "spark_session",
]
