"""How far a long reading is, on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tidewatch.data.scan import OnRows, unheard


@contextmanager
def rows_shown() -> Iterator[OnRows]:
    """Shows rows on standard error while there is a terminal to see them, and removes them."""
    if not sys.stderr.isatty():
        yield unheard
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs Rich
    from rich.progress import (  # noqa: PLC0415 - see above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
    )

    columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("rows")
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("rows", total=None)

        def on_rows(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        yield on_rows
