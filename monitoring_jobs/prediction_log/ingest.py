"""One run of the prediction log: captures, then labels, then what is to be said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deltalake import DeltaTable
from pydantic import Field

from monitoring_jobs.prediction_log.captures import Captures, unsettled
from monitoring_jobs.prediction_log.clock import Clock
from monitoring_jobs.prediction_log.labels import Labels
from monitoring_jobs.prediction_log.settle import UNIT, Settlement
from monitoring_jobs.prediction_log.tally import Tally
from tidewatch.aws.invocations import EndpointInvocations, Invocations
from tidewatch.aws.objects import Bucket, StoredObject, StreamingStore
from tidewatch.aws.tables import LABELS, QUARANTINE, ensure_table, prediction_log_schema
from tidewatch.aws.variants import Endpoint, Versions
from tidewatch.core.config import ModelConfig, read_model_document
from tidewatch.core.window import Window
from tidewatch.monitoring.history import History
from tidewatch.monitoring.judged_window import JudgedWindow, Subject
from tidewatch.monitoring.publication import Publisher
from tidewatch.monitoring.settings import JobSettings, read_settings
from tidewatch.monitoring.watch import Due, Outcome, Watch


class IngestSettings(JobSettings):
    """What the prediction log is told."""

    capture_bucket: str = Field(min_length=1)
    label_grace_seconds: int = Field(default=3600, ge=0)
    """How long a label may wait for its prediction."""
    event_ahead_seconds: int = Field(default=366 * 86400, ge=0)
    """How far an event may lie ahead of its inference; farther is clock_skew."""
    event_behind_seconds: int | None = Field(default=None, ge=0)
    """How far an event may lie behind its inference; None: as far as 1970."""
    publish_lease_seconds: int = Field(default=120, ge=0)
    """See `JudgeSettings`."""

    @property
    def clock(self) -> Clock:
        """The event times that are taken."""
        behind = self.event_behind_seconds
        return Clock(
            ahead=timedelta(seconds=self.event_ahead_seconds),
            behind=None if behind is None else timedelta(seconds=behind),
        )


@dataclass(frozen=True)
class IngestRun:
    """A model, its tables under `root`, its bucket of captures, and everybody to talk to."""

    model: ModelConfig
    root: str
    endpoint: str
    store: StreamingStore
    versions: Versions
    invocations: Invocations
    publisher: Publisher
    grace: timedelta
    clock: Clock
    lease_seconds: int
    now: Callable[[], datetime]

    @classmethod
    def in_environment(cls, environment: Mapping[str, str]) -> IngestRun:
        """The run that the job's environment describes."""
        settings = read_settings(IngestSettings, environment)
        return cls(
            model=read_model_document(settings.model_folder),
            root=settings.history,
            endpoint=settings.endpoint_name,
            store=Bucket(settings.capture_bucket, settings.account_id),
            versions=Endpoint(settings.endpoint_name),
            invocations=EndpointInvocations(settings.endpoint_name),
            publisher=Publisher.of(settings.remote_write_url),
            grace=timedelta(seconds=settings.label_grace_seconds),
            clock=settings.clock,
            lease_seconds=settings.publish_lease_seconds,
            now=lambda: datetime.now(UTC),
        )

    @property
    def log_uri(self) -> str:
        """The prediction log."""
        return f"{self.root}/prediction_log/{self.model.name}"

    @property
    def labels_uri(self) -> str:
        """The labels."""
        return f"{self.root}/labels/{self.model.name}"

    @property
    def capture_prefix(self) -> str:
        """Where the endpoint's captures are."""
        return f"capture/{self.endpoint}/"

    @property
    def quarantine_uri(self) -> str:
        """The quarantine."""
        return f"{self.root}/quarantine"


def ingest(run: IngestRun) -> None:
    """Takes in every object that is new, and publishes what was read, good and quarantined."""
    ensure_table(run.log_uri, prediction_log_schema(run.model))
    ensure_table(run.labels_uri, LABELS)
    ensure_table(run.quarantine_uri, QUARANTINE)
    started = run.now()
    tallies = [_ingest_captures(run, started), _ingest_labels(run, started)]
    _publish(run, tallies, started)


def _ingest_captures(run: IngestRun, now: datetime) -> Tally:
    prefix = run.capture_prefix
    intake = Captures(run.model, prefix, run.versions.serving, run.clock)
    settlement = Settlement(run.model.name, run.log_uri, run.quarantine_uri, intake, now)
    settled, unfinished = settlement.settled(prefix), settlement.unfinished(prefix)
    settlement.run(run.store, unsettled(run.store, prefix, settled, unfinished))
    return settlement.tally


def _ingest_labels(run: IngestRun, now: datetime) -> Tally:
    prefix = f"labels/{run.model.name}/"
    intake = Labels(run.model, DeltaTable(run.log_uri), run.grace, now)
    settlement = Settlement(run.model.name, run.labels_uri, run.quarantine_uri, intake, now)
    settled = settlement.settled(prefix)
    found = [item for item in run.store.under(prefix) if item.key not in settled]
    settlement.run(run.store, sorted(found, key=_delivery))
    return settlement.tally


def _delivery(stored: StoredObject) -> tuple[datetime, str]:
    return stored.modified, stored.key


@dataclass(frozen=True)
class _Judge:
    """A `Monitor` of what this run took in; its window is the run's own time."""

    model: ModelConfig
    tallies: list[Tally]

    def judge(self, due: Due) -> Outcome:
        judged = tuple(
            JudgedWindow(
                self.model.name,
                UNIT,
                subject,
                due.window,
                tally.measure(subject, self.model.monitoring),
            )
            for tally in self.tallies
            for subject in tally.subjects
        )
        return Outcome(judged, {item.subject: due.evidence for item in judged}, ())


def _publish(run: IngestRun, tallies: list[Tally], started: datetime) -> None:
    serving = {Subject(variant.version, variant.name) for variant in run.versions.serving.values()}
    watch = Watch(
        unit=UNIT,
        model=run.model.name,
        history=History(run.root, UNIT, run.model.name),
        publisher=run.publisher,
        serving=serving,
        lease_seconds=run.lease_seconds,
        now=run.now,
    )
    window = Window(started, max(run.now(), started + timedelta(microseconds=1)))
    counted = any(tally.subjects for tally in tallies)
    watch.run(_Judge(run.model, tallies), [Due(window, 1)] if counted else [])
