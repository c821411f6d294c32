"""Who publishes the series that rules and panels read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gate.assembly import Assembly
from gate.semantic.asset_sources import AssetSources
from gate.semantic.model_metrics import metrics_of_models
from gate.semantic.promql import Selector
from tidewatch.core.published_metrics import LABELS, is_our_series, is_published_series

# Of Prometheus itself, of what it scrapes, and of exporters that everybody runs.
_WELL_KNOWN = re.compile(
    r"(up|ALERTS|ALERTS_FOR_STATE|scrape_.+|(node|container|kube|kubelet|go|process"
    r"|prometheus|alertmanager|aws|cloudwatch|http|python)_.+)"
)


class SeriesPublishers:
    """What publishes series: our monitors, recording rules, and code that the assembly carries.

    Others' code may be elsewhere, in an image. So a series that no code here names is a fault only
    where code here names another one that is `read`.
    """

    def __init__(
        self, assembly: Assembly, read: Iterable[Selector], recorded: Iterable[str]
    ) -> None:
        self._recorded = frozenset(recorded)
        self._sources = AssetSources(assembly)
        names = {selector.name for selector in read}
        self._is_here = any(is_published_series(name) or name in self._sources for name in names)

    def fault_of(self, selector: Selector) -> str | None:
        """Why nobody publishes a series, or not with these labels; None where somebody does."""
        name = selector.name
        if name in self._recorded or _WELL_KNOWN.fullmatch(name):
            return None
        if is_our_series(name):
            return _own_fault(selector)
        if name in self._sources or not self._is_here:
            return None
        return f"no code of this assembly publishes {name}"


def _own_fault(selector: Selector) -> str | None:
    if not is_published_series(selector.name, metrics_of_models()):
        return f"no monitor publishes {selector.name}, see tidewatch/core/published_metrics.py"
    strange = ", ".join(sorted(selector.labels - LABELS))
    return f"{selector.name} has no label {strange}" if strange else None
