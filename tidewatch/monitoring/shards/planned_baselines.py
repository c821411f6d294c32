"""The baselines that a plan was made with. They travel to other processes and machines."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.profile import Baseline


@dataclass(frozen=True)
class PlannedBaselines:
    """Baselines as documents, by version; for other versions, the reasons why there is none."""

    documents: Mapping[str, bytes]
    without: Mapping[str, tuple[Fault, ...]]
    _read: dict[str, Baseline] = field(default_factory=dict, compare=False, repr=False)

    def of(self, version: str) -> Baseline:
        """The baseline of `version`, read once; see `BaselineOf`."""
        if version not in self.documents:
            raise BaselineError(*(self.without.get(version) or (self._unplanned(version),)))
        if version not in self._read:
            self._read[version] = Baseline.from_json(self.documents[version])
        return self._read[version]

    def digests(self) -> dict[str, str]:
        """A digest of each document."""
        return {
            version: hashlib.sha256(body).hexdigest() for version, body in self.documents.items()
        }

    def _unplanned(self, version: str) -> Fault:
        return Fault(
            "a plan's baselines",
            f"rows of version {version}",
            f"one of {', '.join(sorted(self.documents)) or 'no version'}",
            "run the monitor again: it plans anew",
        )
