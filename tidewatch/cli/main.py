"""The entry point: parses, runs one command, and turns its outcome into an exit code."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from tidewatch.cli import exit_codes
from tidewatch.cli.arguments import options_of, parser
from tidewatch.cli.progress import rows_shown
from tidewatch.core.errors import TidewatchError
from tidewatch.data.table_drift import Options, baseline, drift


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code (see `exit_codes`)."""
    commands = parser()
    given = commands.parse_args(arguments)
    try:
        options = options_of(given)
    except ValueError as error:
        commands.error(str(error))
    try:
        return _drift(given, options) if given.command == "drift" else _baseline(given, options)
    except TidewatchError as error:
        for fault in error.faults:
            print(f"tidewatch: {fault}", file=sys.stderr)
        return exit_codes.DATA
    except BrokenPipeError:  # whoever read the output has read enough
        return exit_codes.OUTPUT
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    except Exception:  # noqa: BLE001 - Python's own exit code of a crash, 1, would be a warning
        traceback.print_exc()
        return exit_codes.SOFTWARE


def _drift(given: argparse.Namespace, options: Options) -> int:
    wanted = 1 if given.baseline else 2
    if len(given.tables) != wanted:
        expected = "CURRENT alone beside --baseline" if given.baseline else "REFERENCE and CURRENT"
        parser().error(f"drift takes {expected}, found {len(given.tables)} tables")
    reference = None if given.baseline else given.tables[0]
    with rows_shown() as on_rows:
        options = replace(options, on_rows=on_rows)
        found = drift(reference, given.tables[-1], baseline=given.baseline, options=options)
    if given.json:
        sys.stdout.write(orjson.dumps(found.as_dict(), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        from tidewatch.cli.drift_table import print_drift  # noqa: PLC0415 - JSON needs no Rich

        print_drift(found)
    return exit_codes.OF_VERDICT[found.verdict]


def _baseline(given: argparse.Namespace, options: Options) -> int:
    profile = baseline(given.reference, options)
    place = given.output or given.place
    if place:
        Path(place).write_bytes(profile.to_json())
        print(f"{place}: {profile.rows:,} rows, {len(profile.features)} features", file=sys.stderr)
    else:
        sys.stdout.write(profile.to_json().decode() + "\n")
    return 0
