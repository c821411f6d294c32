"""The Spark image holds every package that the job imports, and no Delta library."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

PROJECT = Path(__file__).parents[3]
IMPORTED = """
import sys
from importlib.util import find_spec
import monitoring_jobs.spark_profile.profile_plan
print(*sorted({name.split(".")[0] for name, module in sys.modules.items()
               if "site-packages" in str(getattr(module, "__file__", ""))}))
"""


def pinned() -> set[str]:
    text = (PROJECT / "images/spark/requirements.in").read_text(encoding="utf-8")
    return {line.partition("==")[0] for line in text.splitlines() if "==" in line}


def with_dependencies(names: set[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        needed = [item for item in requires(name) or [] if "extra ==" not in item]
        waiting += [re.split(r"[^A-Za-z0-9._-]", item)[0] for item in needed if ";" not in item]
    return {name.lower().replace("_", "-") for name in found}


def test_what_the_job_imports_is_in_the_image() -> None:
    run = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", IMPORTED], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    modules = run.stdout.split()
    assert {"boto3", "pyarrow"} <= set(modules)
    owners = packages_distributions()
    needed = {
        owner.lower().replace("_", "-") for name in modules for owner in owners.get(name, [name])
    }
    # botocore and pyarrow take these two where they are there, and do without.
    assert needed - with_dependencies(pinned()) <= {"certifi", "cloudpickle"}
    assert "deltalake" not in needed
