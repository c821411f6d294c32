"""Pictures of figures: SVG with a clear background, to be read on white and on black."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from benchmarks.speed.contenders import Contender
from benchmarks.speed.growth import Point, Series
from benchmarks.speed.results import Figures, Results
from benchmarks.speed.tables import number

INK = "#768390"
OURS = "#2f81f7"
OTHERS = "#a0a8b0"
SECOND = "#d18616"
STYLE: Any = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "font.size": 9,
    "grid.alpha": 0.25,
    "grid.color": INK,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "tidewatch",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
PLAIN = FuncFormatter(lambda value, _: f"{value:,.10g}")


def cost(some: Sequence[Contender], results: Results, path: Path) -> None:
    """The CPU seconds of each contender, as bars on a logarithmic axis."""
    shown = [(c, results.of(c)) for c in some if results.of(c).is_complete]
    shown.sort(key=lambda pair: -pair[1].cpu)
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(8, 0.36 * len(shown) + 0.9), layout="constrained")
        names = [contender.name.replace("`", "") for contender, _ in shown]
        seconds = [figures.cpu for _, figures in shown]
        ours = [contender.key.startswith("tidewatch") for contender, _ in shown]
        bars = axes.barh(names, seconds, color=[OURS if own else OTHERS for own in ours])
        axes.bar_label(bars, [f" {number(value)} s" for value in seconds])
        axes.set_xscale("log")
        axes.set_xlim(min(seconds) / 2, max(seconds) * 2)
        axes.xaxis.set_major_formatter(PLAIN)
        axes.set_xlabel("CPU seconds, start-up included (logarithmic)")
        _save(figure, path)


def growth(all_series: Sequence[Series], results: Results, path: Path, *, memory: bool) -> None:
    """Time, or memory, as each thing grows: a panel a series, all with one vertical scale."""
    drawn = [series for series in all_series if series.is_scale]
    with mpl.rc_context(STYLE):
        figure, grid = plt.subplots(2, 2, figsize=(8, 5.6), layout="constrained", sharey=True)
        for axes, series in zip(grid.flat, drawn, strict=True):
            points = [p for p in series.points if results.of(p.contender).is_complete]
            _panel(axes, series, points, [results.of(p.contender) for p in points], memory=memory)
        _save(figure, path)


def _panel(
    axes: Axes,
    series: Series,
    points: Sequence[Point],
    figures: Sequence[Figures],
    *,
    memory: bool,
) -> None:
    at = [point.at for point in points]
    if memory:
        axes.plot(at, [f.tree_memory for f in figures], "o-", color=OURS)
        axes.set_ylim(bottom=0)
    else:
        axes.plot(at, [f.cpu for f in figures], "o-", color=OURS, label="CPU")
        axes.plot(at, [f.wall for f in figures], "s--", color=SECOND, label="wall")
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.legend(frameon=False, loc="upper left")
    axes.yaxis.set_major_formatter(PLAIN)
    axes.set_xscale("log")
    axes.set_xticks(at, [_short(value) for value in at])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_title(series.title)
    axes.set_xlabel(series.axis)
    axes.set_ylabel("peak memory, MiB" if memory else "seconds")
    axes.yaxis.set_tick_params(labelleft=True)
    axes.grid(visible=True)


def _short(value: float) -> str:
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if value >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
