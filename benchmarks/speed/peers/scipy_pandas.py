"""SciPy over pandas, a column at a time: what one would write by hand, and the truth here.

Binned statistics are over deciles of the reference, right-closed; an empty cell is smoothed to
1e-4. K-S and Wasserstein are exact.
"""

from __future__ import annotations

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial.distance import jensenshannon

from benchmarks.speed.peers.arguments import CATEGORICAL, NUMERIC, arguments

Floats = NDArray[np.float64]
EMPTY = 1e-4


def main() -> None:
    """Every statistic of every column."""
    given = arguments()
    reference, current = pd.read_parquet(given.reference), pd.read_parquet(given.current)
    findings: dict[str, dict[str, float | bool]] = {}
    for name in NUMERIC:
        findings[name] = _numeric(_values(reference[name]), _values(current[name]))
        findings[name]["missing_share"] = float(current[name].isna().mean())
    for name in CATEGORICAL:
        findings[name] = _categorical(reference[name], current[name])
        findings[name]["missing_share"] = float(current[name].isna().mean())
    given.answer(findings)


def _values(column: pd.Series) -> Floats:
    values: Floats = column.dropna().to_numpy(dtype=np.float64)
    return values


def _numeric(before: Floats, now: Floats) -> dict[str, float | bool]:
    edges = np.unique(np.quantile(before, np.arange(1, 10) / 10))
    test = stats.ks_2samp(before, now, method="asymp")
    low, high = np.quantile(before, [0.25, 0.75])
    reach = 1.5 * (high - low)
    distance = float(stats.wasserstein_distance(before, now))
    return _binned(_shares(before, edges), _shares(now, edges)) | {
        "ks": float(test.statistic),
        "ks_p_value": float(test.pvalue),
        "wasserstein": distance,
        "wasserstein_normalised": distance / float(before.std()),
        "outlier_share": float(((now < low - reach) | (now > high + reach)).mean()),
        "mean": float(now.mean()),
        "std": float(now.std()),
        "minimum": float(now.min()),
        "maximum": float(now.max()),
    }


def _shares(values: Floats, edges: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)
    return counts / len(values)


def _categorical(before: pd.Series, now: pd.Series) -> dict[str, float | bool]:
    counts = pd.concat([before.value_counts(), now.value_counts()], axis=1).fillna(0)
    both = counts.to_numpy(dtype=np.float64).T
    test = stats.chi2_contingency(both, correction=False)
    return _binned(both[0] / both[0].sum(), both[1] / both[1].sum()) | {
        "chi_square": float(test.statistic),
        "chi_square_p_value": float(test.pvalue),
        "distinct": float((both[1] > 0).sum()),
    }


def _binned(before: Floats, now: Floats) -> dict[str, float | bool]:
    p, q = np.where(before == 0, EMPTY, before), np.where(now == 0, EMPTY, now)
    return {
        "psi": float(np.sum((q - p) * np.log(q / p))),
        "kl": float(np.sum(q * np.log(q / p))),
        "js": float(jensenshannon(before, now, base=2)),
    }


if __name__ == "__main__":
    main()
