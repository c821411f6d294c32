"""What a run of a judging job works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from deltalake import DeltaTable

from tidewatch.aws.baselines import Baselines, PackageBaselines
from tidewatch.aws.tables import ensure_table, prediction_log_schema
from tidewatch.aws.variants import Endpoint, Versions
from tidewatch.core.config import ModelConfig, read_model_document
from tidewatch.core.window import Window
from tidewatch.monitoring.due_windows import closed_windows
from tidewatch.monitoring.history import History
from tidewatch.monitoring.judged_window import Subject
from tidewatch.monitoring.log_extent import spans, watermark
from tidewatch.monitoring.publication import Publisher
from tidewatch.monitoring.settings import JudgeSettings, read_settings
from tidewatch.monitoring.watch import Watch


@dataclass(frozen=True)
class MonitorRun:
    """A model, its tables under `root`, and everybody a monitor talks to.

    `window` is the one window asked for, or None for all that are due.
    """

    model: ModelConfig
    root: str
    versions: Versions
    baselines: Baselines
    publisher: Publisher
    window: Window | None
    lease_seconds: int
    now: Callable[[], datetime]

    @classmethod
    def in_environment(cls, environment: Mapping[str, str]) -> MonitorRun:
        """The run that a job's environment describes."""
        settings = read_settings(JudgeSettings, environment)
        model = read_model_document(settings.model_folder)
        endpoint = Endpoint(settings.endpoint_name)
        return cls(
            model=model,
            root=settings.history,
            versions=endpoint,
            baselines=PackageBaselines(model.name, endpoint, settings.account_id),
            publisher=Publisher.of(settings.remote_write_url),
            window=settings.window,
            lease_seconds=settings.publish_lease_seconds,
            now=lambda: datetime.now(UTC),
        )

    @property
    def serving(self) -> frozenset[Subject]:
        """Who serves now."""
        return frozenset(
            Subject(variant.version, variant.name) for variant in self.versions.serving.values()
        )

    def prediction_log(self) -> DeltaTable:
        """The model's prediction log."""
        uri = f"{self.root}/prediction_log/{self.model.name}"
        return ensure_table(uri, prediction_log_schema(self.model))

    def closed(self, log: DeltaTable) -> list[Window]:
        """The windows that no more rows are expected for, in order."""
        monitoring = self.model.monitoring
        found = spans(log)
        limit = watermark(found, monitoring, self.now())
        return list(closed_windows(found, limit, monitoring.window, monitoring.lateness))

    def watch(self, unit: str) -> Watch:
        """The ledger and the voices of `unit`."""
        return Watch(
            unit=unit,
            model=self.model.name,
            history=History(self.root, unit, self.model.name),
            publisher=self.publisher,
            serving=self.serving,
            lease_seconds=self.lease_seconds,
            now=self.now,
        )
