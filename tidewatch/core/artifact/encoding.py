"""Feature values to the numbers a model takes: a category becomes its place, or NaN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.core.artifact.signature import Signature, SignatureFeature

Matrix = npt.NDArray[np.float64]


class Encoder:
    """Turns tables into matrices, the same way at training and at evaluation.

    Missing values and categories that were not seen in training become NaN.
    """

    def __init__(self, signature: Signature) -> None:
        self._features = signature.features

    def matrix(self, table: pa.Table) -> Matrix:
        """Rows by features, in the signature's order; columns besides the features are ignored."""
        matrix = np.empty((table.num_rows, len(self._features)), dtype=np.float64)
        for place, feature in enumerate(self._features):
            matrix[:, place] = _encode(table.column(feature.name), feature)
        return matrix


def _encode(column: pa.ChunkedArray, feature: SignatureFeature) -> Matrix:
    if feature.categories is None:
        numbers = column.cast(pa.float64())
    else:
        known = pa.array(feature.categories, type=pa.string())
        numbers = pc.index_in(column.cast(pa.string()), value_set=known, skip_nulls=True).cast(
            pa.float64()
        )
    return np.asarray(pc.fill_null(numbers, float("nan")), dtype=np.float64)
