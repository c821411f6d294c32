"""`python -m tidewatch`: the commands."""

import sys

from tidewatch.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
