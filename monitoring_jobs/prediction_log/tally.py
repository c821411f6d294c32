"""What one run took in, counted per subject: read = good + quarantined."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitoring_jobs.prediction_log.intake import Refused
from tidewatch.core.config import Monitoring
from tidewatch.core.verdict import Direction, judge
from tidewatch.monitoring.judged_window import Measurement, Subject, judged, verdict_of


@dataclass
class Tally:
    """Counts of accepted and of quarantined records; the latter by reason."""

    good: Counter[Subject] = field(default_factory=Counter)
    quarantined: dict[Subject, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def accept(self, subjects: Mapping[Subject, int]) -> None:
        """Counts rows that were committed."""
        self.good.update(subjects)

    def refuse(self, refused: Iterable[Refused]) -> None:
        """Counts records that were committed to the quarantine."""
        for item in refused:
            self.quarantined[item.subject][item.reason] += 1

    @property
    def subjects(self) -> list[Subject]:
        """Who had records."""
        return sorted({*self.good, *self.quarantined})

    def measure(self, subject: Subject, monitoring: Monitoring) -> tuple[Measurement, ...]:
        """The subject's counts, and the share of quarantined records judged."""
        reasons = self.quarantined.get(subject, Counter())
        good, bad = self.good[subject], reasons.total()
        read = good + bad
        share = judge(
            "quarantined_share",
            bad / read,
            monitoring.thresholds.quarantined_share,
            Direction.HIGHER_IS_WORSE,
            read,
            monitoring.min_rows,
        )
        counts = {"read_rows": read, "good_rows": good, "quarantined_rows": bad}
        return (
            verdict_of(share.verdict, read),
            judged(share),
            *(Measurement(name, "", float(count), read) for name, count in counts.items()),
            *(
                Measurement("quarantined_reason_rows", reason, float(count), read)
                for reason, count in sorted(reasons.items())
            ),
        )
