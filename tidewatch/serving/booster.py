"""LightGBM, imported without the libraries that it can but need not use."""

from tidewatch.core.artifact.lean_import import importing_without

with importing_without("sklearn", "pandas", "dask", "matplotlib", "graphviz"):
    import lightgbm

__all__ = ["lightgbm"]
