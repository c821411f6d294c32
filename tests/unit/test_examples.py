"""The examples in docstrings say what the code does."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[2]
_PACKAGES = (
    *("tidewatch", "lambdas", "stacks", "dashboards", "monitoring_jobs"),
    *("localcloud", "demo", "gate", "benchmarks"),
)


def _modules_with_examples() -> list[str]:
    return [
        ".".join(path.relative_to(_PROJECT).with_suffix("").parts).removesuffix(".__init__")
        for package in _PACKAGES
        for path in sorted((_PROJECT / package).rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("name", _modules_with_examples())
def test_the_examples_of_a_module_hold(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (failed, tried > 0) == (0, True)
