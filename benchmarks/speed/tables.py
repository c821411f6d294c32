"""Tables of figures, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.capture.result import CaptureResult
from benchmarks.speed.accuracy import CONTENDERS, Error
from benchmarks.speed.contenders import Contender
from benchmarks.speed.growth import Series
from benchmarks.speed.results import Figures, Results


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are aligned right.

    >>> print(table(["who", "s"], [["we", "1.0"]]))
    | who | s |
    |---|--:|
    | we | 1.0 |
    """
    marks = ["---", *["--:"] * (len(heads) - 1)]
    lines = [heads, marks, *rows]
    return "\n".join(
        "|" + "|".join(line) + "|" if line is marks else "| " + " | ".join(line) + " |"
        for line in lines
    )


def number(value: float | None, digits: int = 3) -> str:
    """A figure with so many digits that mean something; a dash for none.

    >>> number(1234567.0), number(0.01234), number(2.0), number(None)
    ('1,230,000', '0.0123', '2.00', '-')
    """
    if value is None or math.isnan(value):
        return "-"
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, decimals):,.{max(decimals, 0)}f}"


def machine(results: Results) -> str:
    """What was measured on."""
    return table(["", ""], list(results.machine.items())).replace("--:", "---")


def contest(some: Sequence[Contender], results: Results, base: Contender) -> str:
    """Contenders beside each other; `base` is the one that all others are a multiple of."""
    heads = [
        "",
        "CPU s",
        "of it start-up",
        "wall s",
        "rows/s",
        "memory MiB",
        "largest process MiB",
        "CPU, times Tidewatch's",
    ]
    ours = results.of(base)
    rows = []
    for contender in some:
        figures = results.of(contender)
        if not figures.is_complete:
            failure = figures.failure or "not measured"
            rows.append([contender.name, f"fails: {failure}", *[""] * (len(heads) - 2)])
            continue
        ratio = figures.cpu / ours.cpu if ours.is_complete else None
        rows.append([contender.name, *_figures(figures), number(ratio)])
    return table(heads, rows)


def _figures(figures: Figures) -> list[str]:
    return [
        number(figures.cpu),
        number(figures.startup),
        number(figures.wall),
        number(figures.rows_per_second),
        number(figures.tree_memory),
        number(figures.process_memory),
    ]


def growth(series: Series, results: Results) -> str:
    """One series."""
    heads = [series.axis, "CPU s", "wall s", "rows/s", "memory MiB", "largest process MiB"]
    rows = []
    for point in series.points:
        figures = results.of(point.contender)
        if figures.is_complete:
            cells = _figures(figures)
            rows.append([point.label, cells[0], *cells[2:]])
        else:
            rows.append([point.label, f"fails: {figures.failure or 'not measured'}", *[""] * 4])
    return table(heads, rows)


def accuracy(errors: dict[str, Error]) -> str:
    """The largest errors, a contender a line."""
    heads = ["", "K-S", "Wasserstein, std", "of what drifted, relative", "decisions turned"]
    rows = []
    for key, error in errors.items():
        turned = "-" if error.turned is None else f"{error.turned} of {error.decided}"
        values = [error.ks, error.wasserstein, error.wasserstein_of_drifted]
        rows.append([CONTENDERS[key], *[_error(value) for value in values], turned])
    return table(heads, rows)


def captured(results: Sequence[CaptureResult]) -> str:
    """How fast capture is parsed, a case a line."""
    heads = ["", "records", "MB", "records/s", "rows/s", "CPU s a million records", "memory MB"]
    rows = []
    for case in results:
        rates = [case.records / case.wall, case.rows / case.wall, case.cpu / case.records * 1e6]
        sizes = [f"{case.records:,}", number(case.file_mb)]
        rows.append([case.name, *sizes, *map(number, rates), number(case.peak_mb)])
    return table(heads, rows)


def _error(value: float | None) -> str:
    return "-" if value is None else f"{value:.0e}"
