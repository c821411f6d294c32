"""One row's score through LightGBM's C interface: 4 µs, where `Booster.predict` takes 50.

Most requests hold one row, and most of what `Booster.predict` does for it is preparation that can
be done once. The C functions are LightGBM's documented interface; its Python package does not wrap
them (https://lightgbm.readthedocs.io/en/stable/C-API.html).
"""

from __future__ import annotations

import ctypes

from tidewatch.serving.booster import lightgbm

_NORMAL = 0  # C_API_PREDICT_NORMAL: the probability, for a binary objective
_FLOAT64 = 1  # C_API_DTYPE_FLOAT64
_ALL_ROUNDS = -1


class SingleRow:
    """Scores one row at a time; not for several threads at once."""

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster  # owns the memory that the handle below points into
        # Neither the loaded library nor the booster's handle has a public name.
        self._library = lightgbm.basic._LIB  # type: ignore[attr-defined]  # noqa: SLF001
        self._row = (ctypes.c_double * booster.num_feature())()
        self._score = ctypes.c_double()
        self._length = ctypes.c_int64()
        self._handle = ctypes.c_void_p()
        self._check(
            self._library.LGBM_BoosterPredictForMatSingleRowFastInit(
                booster._handle,  # noqa: SLF001 - see above
                _NORMAL,
                0,
                _ALL_ROUNDS,
                _FLOAT64,
                ctypes.c_int32(booster.num_feature()),
                b"num_threads=1",
                ctypes.byref(self._handle),
            )
        )

    def __call__(self, row: list[float]) -> float:
        """The score of `row`, whose features are in the signature's order."""
        self._row[:] = row  # type: ignore[assignment]  # ctypes converts each
        self._check(
            self._library.LGBM_BoosterPredictForMatSingleRowFast(
                self._handle, self._row, ctypes.byref(self._length), ctypes.byref(self._score)
            )
        )
        return self._score.value

    def __del__(self) -> None:
        """Gives the handle's memory back."""
        if self._handle:
            self._library.LGBM_FastConfigFree(self._handle)

    def _check(self, status: int) -> None:
        if status:
            self._library.LGBM_GetLastError.restype = ctypes.c_char_p
            raise lightgbm.basic.LightGBMError(self._library.LGBM_GetLastError().decode())
