"""What can be wrong with a plan or with its partial profiles."""

from tidewatch.core.errors import TidewatchError


class ShardError(TidewatchError):
    """A plan or a partial profile is missing, half-written, or does not count every row."""
