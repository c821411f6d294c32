"""The commands' arguments."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from tidewatch.cli import exit_codes
from tidewatch.core.profile.edges import BINS
from tidewatch.core.thresholds import Limit, Thresholds
from tidewatch.data.table_drift import MIN_ROWS, Options

_TABLE = "a file, folder or pattern of Parquet or CSV, or a Delta table; local or s3://"
_CODES = """\
exit codes:
  0 ok   1 warning   2 critical   3 insufficient data   64 and up: an error
"""


class _Parser(argparse.ArgumentParser):
    """Exits with 64 where the arguments are wrong: argparse's own 2 is a critical verdict here."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(exit_codes.USAGE, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    main = _Parser(
        prog="tidewatch",
        description="Has the data drifted? Profiles tables and compares them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_CODES,
    )
    commands = main.add_subparsers(dest="command", required=True, parser_class=_Parser)
    _add_drift(commands)
    _add_baseline(commands)
    return main


def _add_drift(commands: argparse._SubParsersAction[_Parser]) -> None:
    drift = commands.add_parser(
        "drift",
        help="compare a table with a reference, or with a stored baseline",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_CODES,
    )
    drift.add_argument("tables", nargs="+", metavar="[REFERENCE] CURRENT", help=_TABLE)
    drift.add_argument("--baseline", metavar="FILE", help="a stored baseline, for REFERENCE")
    drift.add_argument("--json", action="store_true", help="print one JSON object")
    drift.add_argument(
        "--exact",
        action="store_true",
        help="sort both tables for KS and Wasserstein, whatever their size",
    )
    drift.add_argument(
        "--min-rows", type=int, default=MIN_ROWS, help="fewer are insufficient data (%(default)s)"
    )
    default = Thresholds().psi
    drift.add_argument(
        "--warning", type=float, default=default.warning, help="PSI of a warning (%(default)s)"
    )
    drift.add_argument(
        "--critical", type=float, default=default.critical, help="critical PSI (%(default)s)"
    )
    _add_reading(drift)


def _add_baseline(commands: argparse._SubParsersAction[_Parser]) -> None:
    baseline = commands.add_parser("baseline", help="profile a reference and store it")
    baseline.add_argument("reference", metavar="REFERENCE", help=_TABLE)
    baseline.add_argument(
        "place", nargs="?", metavar="FILE", help="where to write it; else to standard output"
    )
    baseline.add_argument("-o", "--output", metavar="FILE", help="the same")
    _add_reading(baseline)


def _add_reading(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--categorical", type=_names, default=(), metavar="A,B", help="columns that are categories"
    )
    command.add_argument(
        "--ignore", type=_names, default=(), metavar="A,B", help="columns that are no features"
    )
    command.add_argument(
        "--bins", type=int, default=BINS, help="bins of a numeric feature (%(default)s)"
    )
    command.add_argument("--workers", type=int, help="threads (one a core)")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def options_of(arguments: argparse.Namespace) -> Options:
    """The options that were given. Raises ValueError where they contradict each other."""
    if arguments.bins < 1 or (arguments.workers or 1) < 1:
        raise ValueError("--bins and --workers start at 1")
    reading = {
        "categorical": arguments.categorical,
        "ignore": arguments.ignore,
        "bins": arguments.bins,
        "workers": arguments.workers,
    }
    if arguments.command == "baseline":
        return Options(**reading)
    if arguments.critical < arguments.warning:
        raise ValueError(f"--critical {arguments.critical} lies below --warning")
    if arguments.exact and arguments.baseline:
        raise ValueError("--exact needs the reference itself: a baseline holds no rows")
    return Options(
        thresholds=Thresholds(psi=Limit(arguments.warning, arguments.critical)),
        min_rows=arguments.min_rows,
        exact=arguments.exact,
        **reading,
    )
