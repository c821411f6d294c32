"""whylogs' stored baseline: the profile of the reference, written to `--out`."""

from __future__ import annotations

import pandas as pd  # type: ignore[import-untyped]
import whylogs  # type: ignore[import-not-found]

from benchmarks.speed.peers.arguments import arguments


def main() -> None:
    """Profile the reference and store it."""
    given = arguments()
    whylogs.log(pandas=pd.read_parquet(given.reference)).view().write(str(given.out))


if __name__ == "__main__":
    main()
