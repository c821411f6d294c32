"""The picture: false alarms and detection by the size of the window, a line a rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.drift import tables
from benchmarks.drift.plan import EVIDENTLY_TARGET
from benchmarks.drift.rates import Picked, rate, sizes
from benchmarks.drift.trial import Tally

_STYLES: dict[str, dict[str, Any]] = dict(
    zip(
        tables.RULES[:7],
        (
            {"color": "#0072b2", "linewidth": 2.6, "marker": "o", "zorder": 5},
            {"color": "#e69f00", "marker": "s"},
            {"color": "#009e73", "marker": "^"},
            {"color": "#56b4e9", "marker": "v"},
            {"color": "#d55e00", "marker": "D"},
            {"color": "#cc79a7", "marker": "x", "linestyle": "--"},
            {"color": "#666666", "marker": "+", "linestyle": "--"},
        ),
        strict=True,
    )
)


def draw(tally: Tally, path: Path) -> None:
    """Writes the picture as SVG: text as text, and the same bytes for the same rates."""
    with mpl.rc_context({"svg.hashsalt": "tidewatch", "svg.fonttype": "none", "font.size": 10}):
        figure = Figure(figsize=(11, 4.6), layout="constrained")
        quiet, found = figure.subplots(1, 2, sharex=True)
        _lines(quiet, tally, tables.is_quiet)
        _lines(found, tally, lambda case: tables.is_shift(case) and case.target == EVIDENTLY_TARGET)
        quiet.axhline(1, color="black", linewidth=0.8, linestyle=":")
        quiet.annotate("goal: 1 %", (1_000_000, 1), (0, 22), textcoords="offset points", ha="right")
        quiet.set(title="False alarms without drift", ylabel="% of feature-windows")
        found.set(title=f"Detection of shifts of PSI {EVIDENTLY_TARGET}")
        for axes in (quiet, found):
            axes.set(xscale="log", xlabel="rows of window and reference", ylim=(-2, 102))
            axes.grid(visible=True, color="#dddddd", linewidth=0.6)
            axes.spines[["top", "right"]].set_visible(False)
        figure.legend(*quiet.get_legend_handles_labels(), loc="outside lower center", ncols=4)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None})


def _lines(axes: Axes, tally: Tally, picked: Picked) -> None:
    """One rule a line, the references being as long as the windows."""
    for rule, style in _STYLES.items():
        places, shares = [], []
        for rows in sizes(case for case, _ in tally):
            found = rate(tally, picked, rows=rows, reference=rows, rule=rule)
            if found:
                places.append(rows)
                shares.append(100 * found.share)
        axes.plot(places, shares, label=rule, markersize=5, **style)
