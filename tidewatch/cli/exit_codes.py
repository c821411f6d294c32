"""What a command's exit code says. Errors are 64 and up, as in BSD's sysexits."""

from tidewatch.core.verdict import Verdict

OF_VERDICT = {
    Verdict.OK: 0,
    Verdict.WARNING: 1,
    Verdict.CRITICAL: 2,
    Verdict.INSUFFICIENT_DATA: 3,
}
USAGE = 64
DATA = 65
SOFTWARE = 70
OUTPUT = 74
INTERRUPTED = 130
