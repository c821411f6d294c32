"""How time and memory grow: with rows, columns, bins, distinct values, and with the layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.speed.contenders import Contender, Preparation, stored, tidewatch
from benchmarks.speed.size import Size


@dataclass(frozen=True)
class Point:
    """One contender of a series, and where it stands on the series' axis."""

    label: str
    at: float
    contender: Contender


@dataclass(frozen=True)
class Series:
    """The engine against stored baselines, as one thing grows.

    `axis` names what grows, with its unit. A series with `is_scale` is drawn, on a logarithmic
    axis; one without is a table alone.
    """

    key: str
    title: str
    axis: str
    points: tuple[Point, ...]
    is_scale: bool = True


def series(size: Size) -> list[Series]:
    """All series. Points that another table has too are the same contenders."""
    return [_rows(size), _columns(size), _bins(size), _cardinality(size), _layout(size)]


def _rows(size: Size) -> Series:
    windows = [size.tenth, size.current, size.ten, size.fifty]
    keys = ["tidewatch-tenth", "tidewatch", "tidewatch-ten", "tidewatch-fifty"]
    points = tuple(
        Point(
            f"{window.all_rows:,}",
            window.all_rows,
            stored(key, "Tidewatch, stored baseline", size.reference, window, size),
        )
        for key, window in zip(keys, windows, strict=True)
    )
    return Series("rows", "Rows", "current rows", points)


def _columns(size: Size) -> Series:
    points = []
    for width in size.widths:
        reference, current = size.of_width(width)
        contender = stored(f"width-{width}", f"{width} columns", reference, current, size)
        points.append(Point(str(width), width, contender))
    title = f"Columns, {size.width_rows:,} rows"
    return Series("columns", title, "columns, a third of them categorical", tuple(points))


def _bins(size: Size) -> Series:
    points = []
    for bins in size.bins:
        contender = stored(f"bins-{bins}", f"{bins} bins", size.reference, size.current, size)
        command = tidewatch(
            "drift",
            "--baseline",
            str(_binned(size, bins).made),
            str(size.current.path(size.folder)),
            "--json",
        )
        points.append(Point(f"{bins:,}", bins, replace(contender, command=command)))
    return Series("bins", f"Bins, {size.rows:,} rows", "bins a numeric column", tuple(points))


def _cardinality(size: Size) -> Series:
    points = []
    for distinct in size.cardinalities:
        reference, current = size.of_cardinality(distinct)
        contender = stored(f"distinct-{distinct}", f"{distinct}", reference, current, size)
        points.append(Point(f"{distinct:,}", distinct, contender))
    title = f"Distinct values, {size.cardinality_rows:,} rows"
    return Series("distinct", title, "distinct values in each of ten columns", tuple(points))


def _layout(size: Size) -> Series:
    first = stored("tidewatch", "Tidewatch, stored baseline", size.reference, size.current, size)
    points = [Point("Parquet, row groups of 131,072", 0, first)]
    for number, (label, window) in enumerate(size.layouts.items(), 1):
        contender = stored(f"layout-{window.name}", label, size.reference, window, size)
        points.append(Point(label, number, contender))
    title = f"Layout, {size.rows:,} rows"
    return Series("layout", title, "layout", tuple(points), is_scale=False)


def binned_baselines(size: Size) -> Iterator[Preparation]:
    """The stored baselines of other numbers of bins."""
    for bins in size.bins:
        yield _binned(size, bins)


def _binned(size: Size, bins: int) -> Preparation:
    made = size.folder / f"bins-{bins}.baseline.json"
    reference = str(size.reference.path(size.folder))
    command = tidewatch("baseline", reference, "-o", str(made), "--bins", str(bins))
    return Preparation(made, command)
