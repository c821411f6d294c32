"""Judges the data of a window: drift, missing values, outliers, unseen categories, the score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tidewatch.core.config import ModelConfig
from tidewatch.core.drift import DriftReport, FeatureDrift, compare
from tidewatch.core.verdict import Verdict, worst
from tidewatch.core.window import Window
from tidewatch.monitoring.judged_window import (
    ROWS,
    JudgedWindow,
    Measurement,
    Subject,
    verdict_of,
    with_shown,
)
from tidewatch.monitoring.watch import Due, Outcome
from tidewatch.monitoring.window_profiles import SubjectProfiles, WindowProfiles

UNIT = "data_monitor"


@dataclass(frozen=True)
class DataJudge:
    """The data monitor of one model; `profiles_of` profiles a window, or knows its profiles.

    `serving` are the subjects that a window without any rows is judged for.
    """

    model: ModelConfig
    profiles_of: Callable[[Window], WindowProfiles]
    serving: frozenset[Subject]

    def judge(self, due: Due) -> Outcome:
        """See `Monitor`."""
        found = self.profiles_of(due.window)
        judged = [
            self._window(subject, due.window, self._measure(profiles))
            for subject, profiles in sorted(found.subjects.items())
        ]
        if not judged and not found.faults:
            judged = [
                self._window(subject, due.window, _nothing()) for subject in sorted(self.serving)
            ]
        evidence = {item.subject: due.evidence for item in judged}
        return Outcome(tuple(judged), evidence, found.faults)

    def _window(
        self, subject: Subject, window: Window, measurements: list[Measurement]
    ) -> JudgedWindow:
        return JudgedWindow(self.model.name, UNIT, subject, window, tuple(measurements))

    def _measure(self, profiles: SubjectProfiles) -> list[Measurement]:
        monitoring = self.model.monitoring
        limits, least = monitoring.thresholds, monitoring.min_rows
        baseline = profiles.baseline
        whole = compare(baseline.features, profiles.features, limits, least, baseline.feature_noise)
        score = compare(baseline.score, profiles.score, limits, least, baseline.score_noise)
        features = [*whole.features.values(), *score.features.values()]
        return [
            verdict_of(_verdict(whole, score), whole.rows),
            Measurement(ROWS, "", float(whole.rows), whole.rows),
            *with_shown(whole.judgements, _of_whole(whole), whole.rows),
            *(measurement for feature in features for measurement in _of_feature(feature)),
        ]


def _of_feature(drift: FeatureDrift) -> list[Measurement]:
    return [
        verdict_of(drift.verdict, drift.rows, drift.feature),
        *with_shown(drift.judgements, drift.statistics.as_dict(), drift.rows, drift.feature),
    ]


def _of_whole(report: DriftReport) -> dict[str, float | None]:
    return {"mean_psi": report.mean_psi, "data_quality": report.data_quality.score}


def _verdict(features: DriftReport, score: DriftReport) -> Verdict:
    """The worst of the whole's judgements and of what is known of the features and the score."""
    of_score = (judgement for drift in score.features.values() for judgement in drift.judgements)
    return worst(
        judgement
        for judgement in [*features.all_judgements(), *of_score]
        if not judgement.feature or judgement.verdict is not Verdict.INSUFFICIENT_DATA
    )


def _nothing() -> list[Measurement]:
    """What there is to say of a window without rows."""
    return [verdict_of(Verdict.INSUFFICIENT_DATA, 0), Measurement(ROWS, "", 0.0, 0)]
