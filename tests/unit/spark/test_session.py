"""Spark says what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidewatch.spark.session import SparkMissingError, require_java


def test_without_java_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SparkMissingError, match="no java on the PATH; expected Java 17"):
        require_java()


def test_a_java_home_without_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkMissingError, match="no Java in JAVA_HOME"):
        require_java()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    require_java()
