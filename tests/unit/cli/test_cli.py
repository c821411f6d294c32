"""The commands' output and exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.unit.data.tables import parquet, table
from tidewatch.cli.main import main

STATISTICS = {
    "kind", "psi", "js", "kl", "ks", "ks_p_value", "chi_square", "chi_square_p_value",
    "wasserstein", "missing_share", "outlier_share", "verdict", "direction", "threshold", "noise",
}  # fmt: skip


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, str]:
    return {
        "reference": parquet(tmp_path / "reference.parquet", table(3000)),
        "same": parquet(tmp_path / "same.parquet", table(3000, 1)),
        "moved": parquet(tmp_path / "moved.parquet", table(3000, 1, shift=1)),
        "drifting": parquet(tmp_path / "drifting.parquet", table(3000, 1, shift=0.4)),
        "few": parquet(tmp_path / "few.parquet", table(100, 1)),
    }


@pytest.mark.parametrize(
    ("current", "code"), [("same", 0), ("drifting", 1), ("moved", 2), ("few", 3)]
)
def test_the_exit_code_is_the_verdict(tables: dict[str, str], current: str, code: int) -> None:
    assert main(["drift", tables["reference"], tables[current]]) == code


def test_json_is_one_object_with_every_statistic(
    tables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", tables["reference"], tables["moved"], "--json"]) == 2
    found = orjson.loads(capsys.readouterr().out)
    assert found["rows"] == {"reference": 3000, "current": 3000, "quarantined": 0}
    assert found["overall"]["verdict"] == "critical"
    assert found["overall"]["drifted_share"] == 0.25
    assert all(feature.keys() >= STATISTICS for feature in found["features"].values())
    assert found["features"]["x"]["chi_square"] is None
    assert found["features"]["city"]["ks"] is None
    assert next(iter(found["features"])) == "x"


def test_the_table_has_the_worst_first(
    tables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drift", tables["reference"], tables["moved"]])
    headline, _, first, *_ = capsys.readouterr().out.splitlines()
    assert headline.startswith("critical  3,000 rows against 3,000, 25% of the features drifted")
    assert first.split()[:3] == ["critical", "x", "psi"]


@pytest.mark.parametrize("how", ["position", "option", "output"])
def test_a_baseline_is_written_and_used(
    tables: dict[str, str], tmp_path: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "baseline.json"
    given = {"position": [str(place)], "option": ["-o", str(place)], "output": []}[how]
    assert main(["baseline", tables["reference"], *given]) == 0
    if how == "output":
        place.write_text(capsys.readouterr().out)
    assert main(["drift", "--baseline", str(place), tables["moved"]]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["drift"],
        ["drift", "only-one.parquet"],
        ["drift", "a", "b", "c"],
        ["drift", "a", "b", "--baseline", "c"],
        ["drift", "--baseline", "c", "b", "--exact"],
        ["drift", "a", "b", "--warning", "0.5"],
        ["drift", "a", "b", "--bins", "0"],
        ["nonsense"],
    ],
)
def test_wrong_usage_exits_with_64(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 64
    assert capsys.readouterr().out == ""


def test_data_that_cannot_be_used_exits_with_65_and_one_line(
    tables: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.json").write_text("{")
    assert main(["drift", tables["reference"], "nowhere.parquet"]) == 65
    assert main(["drift", "--baseline", str(tmp_path / "broken.json"), tables["same"]]) == 65
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert all("expected" in line for line in errors)


def test_the_engine_needs_neither_aws_nor_pandas_nor_pydantic(tables: dict[str, str]) -> None:
    program = (
        "import sys; from tidewatch import drift;"
        f"print(drift({tables['reference']!r}, {tables['moved']!r}).verdict.value);"
        "heavy = {'boto3', 'aws_cdk', 'pandas', 'pydantic', 'scipy', 'numba', 'rich'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["critical", "[]"]
