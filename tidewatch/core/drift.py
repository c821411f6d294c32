"""Drift: a window's profile against the baseline's, feature by feature and as a whole.

**When PSI is a verdict.** Two samples of one population never have PSI 0: with k cells and n and
m rows it is about (k - 1)(1/n + 1/m), which for ten cells and 200 rows is 0.05 and for few rows
more than any limit. So each limit is moved by the noise of the two sample sizes
(`verdict.beyond_noise`): PSI must pass its limit by more than that expected noise, and pass what
noise exceeds once in a thousand times. The rises of missing values and outliers are held to the
same ceiling. With many rows the configured limits are what is left. A judgement carries the raw
statistic, the limits as they were applied, the sample size and the noise at that size.

**How many false alarms.** The family is what is judged in one window: PSI, the rise of missing
values and, of a numeric feature, that of outliers. Each of these judgements is false with a chance
of at most about `Thresholds.false_alarm`, so that a feature's window is with at most three times
that, and of k features without drift about 3k times that alarm a window at worst: at small sizes,
for from some thousand rows on the configured limits lie far above the noise. To hold a whole
window to a chance, set `false_alarm` to that chance over the number of judgements (Bonferroni).
`docs/false-alarms.md` has the measured rates.

That noise takes rows as independent. Rows that come in clumps (all flights of one stormy day) are
noisier: how much, a version's evaluation learns from the windows of its own training period
(`learned_noise`). The larger of the two noises moves the limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean

from tidewatch.core.data_quality import DataQuality, data_quality
from tidewatch.core.distances.feature import Comparison, Statistics, compare_feature
from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile.merge import require_same_bins
from tidewatch.core.profile.summary import FeatureProfile, Profile
from tidewatch.core.thresholds import Limit, Thresholds
from tidewatch.core.verdict import (
    NO_NOISE,
    Direction,
    Judgement,
    LearnedNoise,
    Noise,
    Verdict,
    beyond_noise,
    judge,
    worst,
)


@dataclass(frozen=True)
class Judged:
    """A statistic that verdicts are made from, its limit, and which rows are its sample."""

    metric: str
    limit: Limit
    sample_size: Callable[[FeatureProfile], int]


@dataclass(frozen=True)
class FeatureDrift:
    """One feature's statistics and what they were judged to be.

    `rows` counts those that hold a usable value. Every judgement's metric is the name of a
    statistic, and its value that statistic's.
    """

    feature: str
    kind: FeatureKind
    rows: int
    statistics: Statistics
    judgements: tuple[Judgement, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the feature's judgements."""
        return worst(self.judgements)


@dataclass(frozen=True)
class DriftReport:
    """The drift of one window.

    `drifted_share` is the share of critical features among those that could be judged, `mean_psi`
    the mean over the features that have a PSI; each is None without any. `judgements` are of the
    whole: the drifted share. `data_quality` knows what the profiles tell; `validity` is its
    reader's to add (`data_quality.data_quality`).
    """

    rows: int
    features: Mapping[str, FeatureDrift]
    mean_psi: float | None
    drifted_share: float | None
    judgements: tuple[Judgement, ...]
    data_quality: DataQuality

    @property
    def verdict(self) -> Verdict:
        """The worst of the whole's judgements and of the features' warnings and criticals.

        A single feature without enough values does not make the whole `insufficient_data`; too
        few rows, or no feature that could be judged, does.
        """
        known = [
            judgement
            for judgement in self.all_judgements()
            if judgement.feature == "" or judgement.verdict is not Verdict.INSUFFICIENT_DATA
        ]
        return worst(known)

    def all_judgements(self) -> list[Judgement]:
        """The whole's judgements, then every feature's."""
        of_features = (feature.judgements for feature in self.features.values())
        return [*self.judgements, *(judgement for some in of_features for judgement in some)]


def compare(
    baseline: Profile,
    current: Profile,
    thresholds: Thresholds,
    min_rows: int,
    learned: LearnedNoise | None = None,
) -> DriftReport:
    """Compares a window's profile with the baseline's profile whose bins it was counted over.

    Serves features and score alike: a score's profile has one feature. `learned` is the noise
    between windows of the baseline's own period; what it does not name has the noise of sampling
    alone. Where the window or the baseline has fewer than `min_rows` rows (for PSI and outliers:
    that hold a value), the verdict is `insufficient_data`. Raises BaselineError where the bins
    differ.

    >>> import pyarrow as pa
    >>> from tidewatch.core.profile import profile, reference_profile
    >>> reference = reference_profile(
    ...     pa.table({"x": range(1000)}), {"x": FeatureKind.NUMERIC})
    >>> window = profile(pa.table({"x": range(500, 1500)}), edges_from=reference)
    >>> report = compare(reference, window, Thresholds(), min_rows=200)
    >>> report.verdict.value, report.features["x"].statistics.ks
    ('critical', 0.5)
    """
    if baseline.features.keys() != current.features.keys():
        raise BaselineError(
            Fault(
                where="profiles",
                found=f"features {sorted(current.features)}",
                expected=f"the baseline's {sorted(baseline.features)}",
                remedy="profile the window with edges_from this baseline",
            )
        )
    noises = learned or {}
    features = {
        name: _judge_feature(
            _FeaturePair(name, reference, current.features[name], noises.get(name, {})),
            thresholds.of(name),
            min_rows,
        )
        for name, reference in baseline.features.items()
    }
    share = _drifted_share(features)
    known = [f.statistics.psi for f in features.values() if f.statistics.psi is not None]
    judgement = judge(
        "drifted_share",
        share,
        thresholds.drifted_share,
        Direction.HIGHER_IS_WORSE,
        current.rows,
        min_rows,
    )
    return DriftReport(
        rows=current.rows,
        features=features,
        mean_psi=fmean(known) if known else None,
        drifted_share=share,
        judgements=(judgement,),
        data_quality=data_quality(feature.statistics for feature in features.values()),
    )


def _drifted_share(features: Mapping[str, FeatureDrift]) -> float | None:
    verdicts = [feature.verdict for feature in features.values()]
    judged = [verdict for verdict in verdicts if verdict is not Verdict.INSUFFICIENT_DATA]
    return judged.count(Verdict.CRITICAL) / len(judged) if judged else None


@dataclass(frozen=True)
class _FeaturePair:
    """One feature in baseline and window, and the learned noise of its metrics."""

    name: str
    reference: FeatureProfile
    current: FeatureProfile
    learned: Mapping[str, Noise]


def _judge_feature(pair: _FeaturePair, thresholds: Thresholds, min_rows: int) -> FeatureDrift:
    reference, current = pair.reference, pair.current
    require_same_bins(pair.name, reference, current)
    comparison = compare_feature(reference, current, thresholds.false_alarm)
    judged = [
        Judged("psi", thresholds.psi, _usable),
        Judged("missing_rise", thresholds.missing_rise, _seen),
    ]
    if reference.kind is FeatureKind.NUMERIC:
        judged.append(Judged("outlier_rise", thresholds.outlier_rise, _usable))
    judgements = tuple(_judgement(item, pair, comparison, min_rows) for item in judged)
    return FeatureDrift(
        pair.name, reference.kind, _usable(current), comparison.statistics, judgements
    )


def _judgement(
    item: Judged, pair: _FeaturePair, comparison: Comparison, min_rows: int
) -> Judgement:
    of_sampling = comparison.noise.get(item.metric, NO_NOISE)
    noise = of_sampling.or_larger(pair.learned.get(item.metric, NO_NOISE))
    return judge(
        metric=item.metric,
        value=_value(comparison, item, pair.reference, min_rows),
        limit=beyond_noise(item.limit, noise),
        direction=Direction.HIGHER_IS_WORSE,
        rows=item.sample_size(pair.current),
        min_rows=min_rows,
        feature=pair.name,
        noise=noise,
    )


def _value(
    comparison: Comparison, item: Judged, reference: FeatureProfile, min_rows: int
) -> float | None:
    """The statistic to judge; None where the baseline itself is too small to judge by."""
    if item.sample_size(reference) < min_rows:
        return None
    return comparison.statistics.as_dict()[item.metric]


def _seen(feature: FeatureProfile) -> int:
    return feature.rows


def _usable(feature: FeatureProfile) -> int:
    return feature.rows - feature.missing
