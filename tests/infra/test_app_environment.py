"""The app runs in its own small environment: what jobs compute with is not installed there."""

from __future__ import annotations

import subprocess
import sys

from tests.infra.conftest import PROJECT

# Not in requirements/app.txt.
_ABSENT = ("boto3", "botocore", "numpy", "pyarrow", "requests", "scipy")
_PROGRAM = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {_ABSENT!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import stacks.platform
"""


def test_the_stacks_import_nothing_that_the_apps_environment_lacks() -> None:
    lock = (PROJECT / "requirements" / "app.txt").read_text(encoding="utf-8")
    assert not [name for name in _ABSENT if f"\n{name}==" in lock]
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", _PROGRAM], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-1000:]
