"""Drift as people read it: a table of verdicts, worst first."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidewatch.core.drift import FeatureDrift
from tidewatch.core.one_line import one_line
from tidewatch.core.verdict import Verdict
from tidewatch.data.quarantine import rows_in
from tidewatch.data.table_drift import TableDrift

_STYLES = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.CRITICAL: "bold red",
    Verdict.INSUFFICIENT_DATA: "dim",
}
_NARROWEST = 120


def print_drift(found: TableDrift) -> None:
    """Prints the verdict, what led to it, and every feature's statistics."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    console.print(_headline(found))
    console.print(_features(found))
    for change in found.schema:
        line = f"schema: {change.column}: found {change.found}, expected {change.expected}"
        console.print(Text(one_line(line), style=_STYLES[change.verdict]))
    for item in found.quarantined:
        rows = "rows that nobody can count" if item.rows is None else f"{item.rows:,} rows"
        line = f"quarantined: {rows} of {item.where}: {item.reason.value} ({item.detail})"
        console.print(Text(one_line(line)))


def _headline(found: TableDrift) -> Text:
    report = found.report
    line = Text()
    line.append(found.verdict.value.replace("_", " "), style=_STYLES[found.verdict])
    line.append(f"  {report.rows:,} rows against {found.reference_rows:,}")
    if report.drifted_share is not None:
        line.append(f", {report.drifted_share:.0%} of the features drifted")
    lost = rows_in(found.quarantined)
    if lost:
        line.append(f", {lost:,} rows quarantined")
    return line


def _features(found: TableDrift) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("verdict", no_wrap=True)
    table.add_column("feature", no_wrap=True, overflow="ellipsis", min_width=8, max_width=32)
    for name in ("because", "PSI", "JS", "KS", "chi-square p", "missing", "outliers"):
        table.add_column(name, justify="left" if name == "because" else "right", no_wrap=True)
    for item in found.features:
        table.add_row(
            Text(item.verdict.value.removesuffix("_data"), style=_STYLES[item.verdict]),
            *_cells(item),
        )
    return table


def _cells(item: FeatureDrift) -> list[Text | str]:
    known = item.statistics
    shown = (known.psi, known.js, known.ks, known.chi_square_p_value)
    shares = (known.missing_share, known.outlier_share)
    return [
        Text(one_line(item.feature)),
        _because(item),
        *("" if value is None else f"{value:.4f}" for value in shown),
        *("" if value is None else f"{value:.1%}" for value in shares),
    ]


def _because(item: FeatureDrift) -> str:
    """The statistic that passed its limit; nothing where none did."""
    if item.verdict is Verdict.INSUFFICIENT_DATA:
        return f"{item.rows:,} values"
    if item.verdict is Verdict.OK:
        return ""
    decisive = next(known for known in item.judgements if known.verdict is item.verdict)
    limit = decisive.critical if item.verdict is Verdict.CRITICAL else decisive.warning
    return f"{decisive.metric} {decisive.value:.3f} ≥ {limit:.3f}"
