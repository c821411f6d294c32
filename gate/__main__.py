"""`python -m gate [FOLDER]`: check the project and its stages, or one cloud assembly.

Exit code 0: no findings; 1: findings; 64: wrong arguments; 65: no assembly; 69: a scanner is
missing; 78: the gate's own configuration is wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gate.acknowledge import AcknowledgementError
from gate.manifest import AssemblyError
from gate.run import NotReadyError, check_assembly, check_project
from gate.synthesis import NoToolError

_USAGE, _NO_ASSEMBLY, _NOT_READY, _MISCONFIGURED = 64, 65, 69, 78


def main(arguments: list[str]) -> int:
    """Run the gate; the exit code."""
    if len(arguments) > 1:
        print("usage: python -m gate [FOLDER]", file=sys.stderr)
        return _USAGE
    try:
        found = check_assembly(Path(arguments[0])) if arguments else check_project()
    except AssemblyError as error:
        return _refuse(error, _NO_ASSEMBLY)
    except (NotReadyError, NoToolError) as error:
        return _refuse(error, _NOT_READY)
    except AcknowledgementError as error:
        return _refuse(error, _MISCONFIGURED)
    return 1 if found else 0


def _refuse(error: Exception, code: int) -> int:
    print(f"gate: nothing was checked: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
