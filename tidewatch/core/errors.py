"""The one vocabulary of errors: what was found, what was expected, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from tidewatch.core.one_line import one_line


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, said so that the reader can mend it.

    `where` names the place (a file and a key path, an S3 key and a line, a job).
    """

    where: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        # Both may quote what came from outside: a column's name, a record.
        where, found = one_line(self.where), one_line(self.found)
        return f"{where}: found {found}; expected {self.expected}; {self.remedy}"


class TidewatchError(Exception):
    """Base of every error that Tidewatch raises on purpose; carries one or more faults."""

    def __init__(self, *faults: Fault) -> None:
        if not faults:
            raise ValueError("an error needs at least one fault")
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class ConfigError(TidewatchError):
    """A configuration file is wrong. Holds every fault in it, not only the first."""


class DataError(TidewatchError):
    """Input data cannot be used at all (single bad rows are quarantined instead)."""


class BaselineError(TidewatchError):
    """A baseline is missing, unreadable, or of a version this code does not know."""


class ModelFormatError(TidewatchError):
    """A model artefact is of a format that may run code, or is not a model at all."""
