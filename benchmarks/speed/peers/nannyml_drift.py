"""NannyML's univariate drift, every method that it has, over one chunk of all current rows.

It decides by limits learned from many chunks of the reference; with one chunk there are none, so
that it gives statistics here and no decisions.
"""

from __future__ import annotations

import warnings

import nannyml as nml  # type: ignore[import-not-found]
import pandas as pd  # type: ignore[import-untyped]

from benchmarks.speed.peers.arguments import CATEGORICAL, NUMERIC, arguments

NAMES = {
    "kolmogorov_smirnov": "ks",
    "wasserstein": "wasserstein",
    "jensen_shannon": "js",
    "hellinger": "hellinger",
    "chi2": "chi_square",
    "l_infinity": "l_infinity",
}
OF_NUMBERS = ["kolmogorov_smirnov", "wasserstein", "jensen_shannon", "hellinger"]
OF_CATEGORIES = ["chi2", "jensen_shannon", "hellinger", "l_infinity"]


def main() -> None:
    """Fit on the reference, then calculate on the current rows."""
    given = arguments()
    warnings.simplefilter("ignore")
    calculator = nml.UnivariateDriftCalculator(
        column_names=[*NUMERIC, *CATEGORICAL],
        treat_as_categorical=list(CATEGORICAL),
        continuous_methods=OF_NUMBERS,
        categorical_methods=OF_CATEGORIES,
        chunk_number=1,
    )
    calculator.fit(pd.read_parquet(given.reference))
    result = calculator.calculate(pd.read_parquet(given.current)).filter(period="analysis")
    row = result.to_df().iloc[0]
    of_kind = [(NUMERIC, OF_NUMBERS), (CATEGORICAL, OF_CATEGORIES)]
    given.answer(
        {
            name: {NAMES[method]: float(row[name, method, "value"]) for method in methods}
            for names, methods in of_kind
            for name in names
        }
    )


if __name__ == "__main__":
    main()
