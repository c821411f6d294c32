"""`python -m demo` runs the loop; `python -m demo stop` ends what it left running."""

from __future__ import annotations

import argparse
import sys

from demo.background_cloud import BackgroundCloud
from demo.places import Places
from demo.story import tell
from tidewatch.core.errors import TidewatchError


def main() -> int:
    """The exit code: 0 when the loop closed, or everything was stopped."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("action", nargs="?", choices=("run", "stop"), default="run")
    places = Places.of_project()
    if parser.parse_args().action == "stop":
        print("Stopped." if BackgroundCloud.stop(places) else "Nothing was running.")
        return 0
    try:
        return tell(places)
    except TidewatchError as error:
        print(f"\nThe demo could not go on.\n{error}", file=sys.stderr)
        print(
            "What was started still runs, to be looked at: make demo-stop ends it.", file=sys.stderr
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
