"""The summary as people read it."""

from __future__ import annotations

from typing import Any

from rich.table import Table


def summary_table(summary: dict[str, Any]) -> Table:
    """The summary, a line a thing."""
    table = Table(show_header=False, title="What happened", title_justify="left")
    for name, text in _lines(summary):
        table.add_row(f"[bold]{name}[/bold]", text)
    return table


def _lines(summary: dict[str, Any]) -> list[tuple[str, str]]:
    deployed, served, alerted = summary["deployed"], summary["served"], summary["alerted"]
    captured, quarantined, found = summary["captured"], summary["quarantined"], summary["found"]
    minutes = f"{summary['seconds'] / 60:.1f} minutes, {summary['peak_memory_mb'] / 1024:.1f} GB"
    return [
        ("Deployed", f"{len(deployed['stacks'])} stacks, {deployed['resources']} resources"),
        *(("Trained", _run(run)) for run in summary["trained"]),
        *(("Waits", _waits(version)) for version in summary["waiting"]),
        (
            "Served",
            f"{served['rows']:,} predictions and {served['labels']:,} labels",
        ),
        ("Captured", f"{captured['rows']:,} predictions in the log"),
        ("Quarantined", f"{quarantined['rows']:,} {quarantined['reasons'] or ''}"),
        *(("Judged", f"{unit}: {_counts(counts)}") for unit, counts in found["verdicts"].items()),
        ("Drifted most", ", ".join(f"{f['feature']} (PSI {f['psi']:.2f})" for f in found["worst"])),
        ("Alerted", f"{alerted['critical']} critical; messages: {_counts(alerted['channels'])}"),
        *(("Compared", _compared(item)) for item in summary["compared"]),
        ("Not emulated", ", ".join(item["type"] for item in summary["not_emulated"]) or "nothing"),
        ("Took", minutes),
        *((name.capitalize(), str(url)) for name, url in summary["addresses"].items()),
        ("To end it", "make demo-stop"),
    ]


def _run(run: dict[str, Any]) -> str:
    return (
        f"version {run['version']}: {run['trials']} trials on {run['train_start'][:10]} to "
        f"{run['train_end'][:10]}, ROC AUC {run['roc_auc']:.3f}, {run['seconds']:.0f} s "
        f"({run['reason']})"
    )


def _waits(version: dict[str, Any]) -> str:
    return (
        f"version {version['version']}, trained up to {version['train_end'][:10]} after one more "
        "critical verdict, for your approval"
    )


def _compared(item: dict[str, Any]) -> str:
    return (
        f"ROC AUC {item['champion_roc_auc']:.3f} of {item['champion']} (champion), "
        f"{item['challenger_roc_auc']:.3f} of {item['challenger']} (challenger): "
        f"{item['difference']:+.3f} over {item['windows']} windows"
    )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"
