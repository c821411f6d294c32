"""A Spark session with the few settings that the engine relies on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tidewatch.core.errors import Fault, TidewatchError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Spark's default of 10,000 rows a batch costs the kernel a call for each.
_SETTINGS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.session.timeZone": "UTC",
}


class SparkMissingError(TidewatchError):
    """Spark cannot run here."""


def spark_session(name: str, settings: Mapping[str, str] | None = None) -> SparkSession:
    """The session `name`, with `settings` besides the engine's own.

    Raises SparkMissingError where PySpark or Java is absent.
    """
    require_java()
    # The Python workers are to be this very interpreter, unless the cluster has chosen one.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - only who asks for Spark has it
    except ImportError as error:
        raise SparkMissingError(
            Fault("Spark", "no package pyspark", "pyspark 3.5", "pip install pyspark==3.5.6")
        ) from error
    builder = SparkSession.builder.appName(name)
    for key, value in (_SETTINGS | dict(settings or {})).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def require_java() -> None:
    """Raises SparkMissingError where there is no Java: Spark runs in its virtual machine."""
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").exists():
        return
    if home or shutil.which("java") is None:
        raise SparkMissingError(
            Fault(
                where="Spark",
                found=f"no Java in JAVA_HOME={home}" if home else "no java on the PATH",
                expected="Java 17",
                remedy="install a Java 17 runtime (Debian: openjdk-17-jre-headless) or set "
                "JAVA_HOME; every other engine does without",
            )
        )
