"""Rows in clumps: a world whose days differ, and which does not drift, raises few alarms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from tidewatch.core.config import FeatureKind, Thresholds
from tidewatch.core.drift import DriftReport, compare
from tidewatch.core.learned_noise import MIN_WINDOWS, learn_noise, window_profiles
from tidewatch.core.profile import Profile, profile, reference_profile
from tidewatch.core.verdict import LearnedNoise, Noise, Verdict

ALARMS = {Verdict.WARNING, Verdict.CRITICAL}
START = datetime(2015, 1, 1, tzinfo=UTC)  # a Thursday, as weeks from the epoch start
WEEK = timedelta(days=7)
TRAINING_WEEKS = 13
A_DAY = 60
KINDS = {
    "temp": FeatureKind.NUMERIC,
    "wind": FeatureKind.NUMERIC,
    "sky": FeatureKind.CATEGORICAL,
    "carrier": FeatureKind.CATEGORICAL,
}


def days_of_weather(random: np.random.Generator, days: int) -> np.ndarray:
    """One number a day, AR(1) of mean 0 and variance 1: tomorrow is much as today."""
    weather = [random.normal()]
    for _ in range(days - 1):
        weather.append(0.6 * weather[-1] + 0.8 * random.normal())
    return np.repeat(weather, A_DAY)


def world(seed: int, weeks: int) -> pa.Table:
    """Rows that share their day's temperature, wind and sky; carriers are independent of it."""
    random = np.random.default_rng(seed)
    rows = 7 * weeks * A_DAY
    gone = random.random(rows) < 0.1 / (1 + np.exp(-2 * days_of_weather(random, 7 * weeks)))
    wind = np.exp(days_of_weather(random, 7 * weeks)) + random.random(rows)
    sky = days_of_weather(random, 7 * weeks) + random.normal(0, 0.5, rows)
    return pa.table(
        {
            "at": pa.array([START + timedelta(days=1) / A_DAY * row for row in range(rows)]),
            "temp": days_of_weather(random, 7 * weeks) + random.normal(0, 0.3, rows),
            "wind": pa.array(wind, mask=gone),
            "sky": np.array(["rain", "cloud", "clear"])[np.digitize(sky, [-0.7, 0.7])],
            "carrier": random.choice(["UA", "B6", "EV"], rows, p=[0.5, 0.3, 0.2]),
        }
    )


def week(table: pa.Table, number: int) -> pa.Table:
    return table.slice(7 * A_DAY * number, 7 * A_DAY)


def trained(table: pa.Table) -> tuple[Profile, LearnedNoise]:
    rows = table.slice(0, 7 * A_DAY * TRAINING_WEEKS)
    baseline = reference_profile(rows, KINDS)
    windows = window_profiles(rows.append_column("more", rows["temp"]), "at", WEEK, baseline)
    return baseline, learn_noise(baseline, windows, 200)


def live_reports(seed: int, *, learn: bool) -> Iterator[DriftReport]:
    table = world(seed, TRAINING_WEEKS + 20)
    baseline, learned = trained(table)
    for number in range(TRAINING_WEEKS, TRAINING_WEEKS + 20):
        window = profile(week(table, number), baseline)
        yield compare(baseline, window, Thresholds(), 200, learned if learn else None)


def alarm_share(*, learn: bool) -> float:
    verdicts = [
        report.features[name].verdict
        for seed in range(6)
        for report in live_reports(seed, learn=learn)
        for name in ("temp", "wind", "sky")
    ]
    return sum(verdict in ALARMS for verdict in verdicts) / len(verdicts)


def test_clumps_raise_an_alarm_in_most_windows_where_rows_are_taken_as_independent() -> None:
    assert alarm_share(learn=False) > 0.6


def test_learned_noise_leaves_few_alarms_of_clumps() -> None:
    assert alarm_share(learn=True) < 0.04


@pytest.mark.parametrize("seed", range(5))
def test_a_shift_beyond_what_the_training_windows_did_is_critical(seed: int) -> None:
    table = world(seed, TRAINING_WEEKS + 1)
    baseline, learned = trained(table)
    rows = week(table, TRAINING_WEEKS)
    hot = rows.set_column(1, "temp", pa.array(rows["temp"].to_numpy() + 6))
    found = compare(baseline, profile(hot, baseline), Thresholds(), 200, learned)
    assert found.features["temp"].verdict is Verdict.CRITICAL


def test_a_feature_without_clumps_stays_as_sensitive_as_it_was() -> None:
    table = world(1, TRAINING_WEEKS + 1)
    baseline, learned = trained(table)
    window = profile(week(table, TRAINING_WEEKS), baseline)
    [before, _] = compare(baseline, window, Thresholds(), 200).features["carrier"].judgements
    [after, _] = (
        compare(baseline, window, Thresholds(), 200, learned).features["carrier"].judgements
    )
    assert (before.warning, before.critical) == pytest.approx((0.105, 0.255), abs=0.005)
    assert (after.warning, after.critical) == pytest.approx((0.105, 0.255), abs=0.01)


def test_of_independent_rows_it_learns_the_noise_of_sampling() -> None:
    random = np.random.default_rng(3)
    rows = pa.table({"x": random.normal(size=40 * 500)})
    baseline = reference_profile(rows, {"x": FeatureKind.NUMERIC})
    windows = [profile(rows.slice(500 * i, 500), baseline) for i in range(40)]
    learned = learn_noise(baseline, windows, 200)["x"]["psi"]
    sampled = 9 * (1 / 500 + 1 / (39 * 500))
    assert learned.expected == pytest.approx(sampled, rel=0.15)
    assert learned.ceiling == pytest.approx(27.88 * sampled / 9, rel=0.3)


def test_a_judgement_carries_the_raw_statistic_and_the_limits_as_applied() -> None:
    rows = world(2, TRAINING_WEEKS)
    baseline = reference_profile(rows, KINDS)
    window = profile(week(rows, 4), baseline)
    learned = {"temp": {"psi": Noise(expected=1.5, ceiling=1.7)}}
    raw = compare(baseline, window, Thresholds(), 200)
    found = compare(baseline, window, Thresholds(), 200, learned)
    [psi, *others] = found.features["temp"].judgements
    assert psi.value == raw.features["temp"].statistics.psi
    assert (psi.warning, psi.critical) == (1.7, 1.75)
    assert others == list(raw.features["temp"].judgements[1:])
    assert found.features["sky"].judgements == raw.features["sky"].judgements


def test_the_noise_of_sampling_counts_where_it_is_the_larger() -> None:
    rows = world(2, TRAINING_WEEKS)
    baseline = reference_profile(rows, KINDS)
    window = profile(week(rows, 4), baseline)
    tiny = {"temp": {"psi": Noise(expected=1e-6, ceiling=1e-6)}}
    assert (
        compare(baseline, window, Thresholds(), 200, tiny).all_judgements()
        == compare(baseline, window, Thresholds(), 200).all_judgements()
    )


def test_windows_are_the_aligned_ones_that_the_rows_fill_whatever_their_order() -> None:
    rows = world(5, 6).slice(3 * A_DAY, 35 * A_DAY)
    shuffled = rows.take(np.random.default_rng(1).permutation(rows.num_rows))
    baseline = reference_profile(rows, KINDS)
    found = window_profiles(shuffled, "at", WEEK, baseline)
    first = 4 * A_DAY  # the rows start on a Sunday
    weeks = [profile(rows.slice(first + 7 * A_DAY * i, 7 * A_DAY), baseline) for i in range(4)]
    assert [counts(each) for each in found] == [counts(each) for each in weeks]


def counts(window: Profile) -> dict[str, list[int]]:
    return {name: feature.counts.tolist() for name, feature in window.features.items()}


def test_times_without_a_zone_are_utc() -> None:
    rows = world(5, 4)
    naive = rows.set_column(0, "at", rows["at"].cast(pa.timestamp("us")))
    baseline = reference_profile(rows, KINDS)
    assert len(list(window_profiles(naive, "at", WEEK, baseline))) == 3


def test_no_rows_have_no_windows() -> None:
    rows = world(5, 1)
    assert list(window_profiles(rows[:0], "at", WEEK, reference_profile(rows, KINDS))) == []


def test_too_few_windows_teach_nothing() -> None:
    rows = world(5, MIN_WINDOWS)
    baseline = reference_profile(rows, KINDS)
    windows = [profile(week(rows, number), baseline) for number in range(MIN_WINDOWS)]
    assert learn_noise(baseline, windows[1:], 200) == {}
    assert learn_noise(baseline, windows, 200).keys() == KINDS.keys()


def test_windows_that_would_not_be_judged_teach_nothing() -> None:
    rows = world(5, MIN_WINDOWS)
    baseline = reference_profile(rows, KINDS)
    windows = [profile(week(rows, number), baseline) for number in range(MIN_WINDOWS)]
    assert learn_noise(baseline, windows, 7 * A_DAY + 1) == {}


def test_a_window_that_is_the_whole_teaches_nothing() -> None:
    rows = world(5, MIN_WINDOWS)
    baseline = reference_profile(rows, KINDS)
    assert learn_noise(baseline, [baseline] * MIN_WINDOWS, 200) == {}
