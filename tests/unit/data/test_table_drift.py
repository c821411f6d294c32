"""Two tables, or a table and a stored baseline, are compared wherever and however they lie."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from scipy.stats import ks_2samp, wasserstein_distance

from tests.unit.data.tables import csv_file, parquet, table
from tidewatch import Options, baseline, drift
from tidewatch.core.errors import DataError
from tidewatch.core.verdict import Verdict
from tidewatch.data import table_drift


def test_what_did_not_change_is_ok_and_what_did_is_critical(tmp_path: Path) -> None:
    reference = parquet(tmp_path / "reference.parquet", table(3000))
    same = parquet(tmp_path / "same.parquet", table(3000, seed=1))
    moved = parquet(tmp_path / "moved.parquet", table(3000, seed=1, shift=1))
    assert drift(reference, same).verdict is Verdict.OK
    found = drift(reference, moved)
    assert found.verdict is Verdict.CRITICAL
    assert [item.feature for item in found.features if item.verdict is not Verdict.OK] == ["x"]


def test_every_way_a_table_can_lie_gives_the_same_answer(tmp_path: Path) -> None:
    reference, current = table(2000).drop_columns("at"), table(2500, 1, 0.3).drop_columns("at")
    known = drift(reference, current).as_dict()
    parts = tmp_path / "parts"
    (parts / "day=1").mkdir(parents=True)
    parquet(parts / "day=1" / "a.parquet", current.slice(0, 700))
    parquet(parts / "b.parquet", current.slice(700))
    (parts / "_hidden.parquet").write_bytes(b"not a table")
    packed = tmp_path / "current.csv.gz"
    packed.write_bytes(
        gzip.compress(Path(csv_file(tmp_path / "current.csv", current)).read_bytes())
    )
    delta = str(tmp_path / "delta")
    write_deltalake(delta, table(50))
    write_deltalake(delta, current, mode="overwrite", schema_mode="overwrite")
    ways = [
        parquet(tmp_path / "one.parquet", current),
        parts,
        f"{tmp_path}/one.par*",
        str(packed),
        delta,
        current.to_pandas(),
        f"file://{tmp_path}/one.parquet",
    ]
    for way in ways:
        found = drift(reference, way).as_dict()
        assert found["rows"] == known["rows"], way
        for name in ("x", "ties", "city", "member"):
            expected = known["features"][name]
            assert found["features"][name]["psi"] == pytest.approx(expected["psi"], rel=1e-12), way
            assert found["features"][name]["ks"] == expected["ks"], way


def test_a_stored_baseline_gives_what_the_reference_gives(tmp_path: Path) -> None:
    reference, current = table(2000), table(2500, 1, 0.3)
    stored = tmp_path / "baseline.json"
    stored.write_bytes(baseline(reference).to_json())
    by_rows, by_baseline = (
        found.as_dict()
        for found in (drift(reference, current), drift(None, current, baseline=stored))
    )
    for name, feature in by_rows["features"].items():
        other = by_baseline["features"][name]
        assert other["psi"] == feature["psi"]
        assert other["verdict"] == feature["verdict"]
        if feature["ks"] is not None:
            assert other["ks"] <= feature["ks"] <= other["ks_upper"]


def test_small_tables_have_exact_distances() -> None:
    before, now = (np.random.default_rng(i).standard_cauchy(500 + i) for i in range(2))
    found = drift(pa.table({"x": before}), pa.table({"x": now})).as_dict()["features"]["x"]
    assert found["ks"] == pytest.approx(ks_2samp(before, now).statistic, abs=1e-12)
    assert found["wasserstein"] == pytest.approx(wasserstein_distance(before, now), rel=1e-12)


def test_large_tables_are_binned_unless_exactness_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_drift, "EXACT_ROWS", 100)
    before, now = (np.random.default_rng(i).normal(size=9000) for i in range(2))
    truth = ks_2samp(before, now).statistic
    tables = pa.table({"x": before}), pa.table({"x": now})
    binned = drift(*tables).as_dict()["features"]["x"]
    assert binned["ks"] < truth <= binned["ks_upper"]
    exact = drift(*tables, options=Options(exact=True)).as_dict()["features"]["x"]
    assert exact["ks"] == exact["ks_upper"] == pytest.approx(truth, abs=1e-12)


def test_deciles_and_fences_are_numpys() -> None:
    before, now = (np.random.default_rng(i).normal(i / 4, 1, 3000) for i in range(2))
    found = drift(pa.table({"x": before}), pa.table({"x": now})).as_dict()["features"]["x"]
    edges = np.quantile(before, np.linspace(0, 1, 11))[1:-1]
    p, q = (np.bincount(np.searchsorted(edges, v), minlength=10) / 3000 for v in (before, now))
    assert found["psi"] == pytest.approx(np.sum((q - p) * np.log(q / p)), rel=1e-12)
    low, high = np.quantile(before, [0.25, 0.75])
    reach = 1.5 * (high - low)
    outside = (now < low - reach) | (now > high + reach)
    assert found["outlier_share"] == pytest.approx(outside.mean(), rel=1e-12)


def test_too_few_rows_are_insufficient_and_never_ok() -> None:
    assert drift(table(1000), table(199)).verdict is Verdict.INSUFFICIENT_DATA
    assert drift(table(1000), table(0)).verdict is Verdict.INSUFFICIENT_DATA


def test_times_are_no_features_and_ids_can_be_left_out() -> None:
    rows = table(1000).append_column("id", pa.array([f"id-{i}" for i in range(1000)]))
    found = drift(rows, rows, options=Options(ignore=("id",), categorical=("ties",)))
    kinds = {name: item.kind.value for name, item in found.report.features.items()}
    assert kinds == {
        "x": "numeric",
        "ties": "categorical",
        "city": "categorical",
        "member": "categorical",
    }


def test_a_column_that_is_named_and_not_there_is_an_error() -> None:
    with pytest.raises(DataError, match="citty"):
        drift(table(), table(), options=Options(ignore=("citty",)))


def test_what_is_no_table_is_an_error() -> None:
    with pytest.raises(DataError, match="pandas or Polars"):
        drift(table(), 7)
    with pytest.raises(DataError, match="either a reference or a baseline"):
        drift(None, table())
    with pytest.raises(DataError, match="no file"):
        drift("nowhere.parquet", table())
    with pytest.raises(DataError, match="at least one column"):
        drift(table().select(["at"]), table())


def test_a_frame_of_pandas_with_its_own_missing_values_is_read() -> None:
    frame = pa.table({"x": [1.0, None] * 500, "c": ["a", None] * 500}).to_pandas()
    found = drift(frame, frame).as_dict()["features"]
    assert {found[name]["missing_share"] for name in "xc"} == {0.5}
