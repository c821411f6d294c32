"""The machine that is measured on, in words."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.speed.environments import OWN, EnvironmentFaultError, versions

PACKAGES = {
    OWN: ("numpy", "pyarrow", "numba", "pandas", "scipy", "duckdb", "evidently"),
    "polars": ("polars",),
    "nannyml": ("nannyml", "pandas", "numpy"),
    "whylogs": ("whylogs", "pandas", "numpy"),
}


def description() -> dict[str, str]:
    """What a reader has to know to compare; by name, in the order to be printed."""
    facts: dict[str, Callable[[], str]] = {
        "Processor": _processor,
        "Cores": lambda: str(os.cpu_count()),
        "Memory": lambda: f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "System": _system,
        "Python": platform.python_version,
        "Date": lambda: f"{datetime.now(UTC):%Y-%m-%d}",
        "Load before the start": lambda: f"{os.getloadavg()[1]:.1f} (mean of five minutes)",
    }
    described = {name: fact() for name, fact in facts.items()}
    for environment in PACKAGES:
        described[f"Packages{f' of {environment}' if environment else ''}"] = _packages(environment)
    return described


def _packages(environment: str) -> str:
    try:
        found = versions(environment, PACKAGES[environment])
    except EnvironmentFaultError as error:
        return f"none: {error}"
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor()
    facts: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    family, model = facts.get("cpu family", "?"), facts.get("model", "?")
    return f"{facts.get('model name', platform.machine())} (family {family}, model {model})"


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release().split('-')[0]} {platform.machine()}"
