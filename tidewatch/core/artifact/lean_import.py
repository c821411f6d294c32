"""Imports a library without the optional ones it would bring along when they are installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing_without(*names: str) -> Iterator[None]:
    """Inside the block, the packages `names` look as if they were not installed.

    LightGBM and MLflow import scikit-learn, pandas and others where they find them, only to offer
    conveniences: seconds that a container's start and each trial would pay. A package that was
    imported before stays as it is.

    >>> with importing_without("wave"):
    ...     import wave
    Traceback (most recent call last):
    ModuleNotFoundError: import of wave halted; None in sys.modules
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # documented: makes imports fail
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
