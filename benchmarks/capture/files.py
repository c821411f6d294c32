"""The files that are read, made once."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from benchmarks.capture.cases import FORMS, Case
from benchmarks.capture.records import records

ROOT = Path(".bench/capture")
_DISTINCT = 100_000


def file_of(case: Case, count: int) -> tuple[Path, int]:
    """The file that the case reads, and how many records are in it.

    Beyond 100,000 the records come again: they are more than any cache holds.
    """
    number = max(1, int(count * case.share))
    path = ROOT / f"{case.form}-{number}.jsonl"
    if not path.exists():
        _make(path, case.form, number)
    return (_packed(path) if case.packed else path), number


def _make(path: Path, form: str, count: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    distinct = list(records(FORMS[form], min(count, _DISTINCT)))
    unfinished = path.with_suffix(".new")
    with unfinished.open("wb") as file:
        for start in range(0, count, len(distinct)):
            file.writelines(distinct[: count - start])
    unfinished.rename(path)


def _packed(path: Path) -> Path:
    packed = path.with_suffix(".jsonl.gz")
    if not packed.exists():
        unfinished = packed.with_suffix(".new")
        with path.open("rb") as source, gzip.open(unfinished, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 20)
        unfinished.rename(packed)
    return packed
