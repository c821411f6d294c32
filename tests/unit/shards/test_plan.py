"""How work is divided, and that it does not matter how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.monitoring.world import baseline
from tidewatch.core.live_file import LiveFile
from tidewatch.core.window import Window
from tidewatch.monitoring.shards.plan import Plan, PlannedWindow, WorkItem, balanced
from tidewatch.monitoring.shards.planned_baselines import PlannedBaselines
from tidewatch.monitoring.shards.window_part import WindowPart, merge_parts, profile_part

START = datetime(2026, 4, 1, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=1))
DOCUMENT = baseline().to_json()
ROWS = 60


def items(sizes: list[int]) -> list[WorkItem]:
    return [
        WorkItem(WINDOW, LiveFile(f"{number}.parquet", rows)) for number, rows in enumerate(sizes)
    ]


@given(st.lists(st.integers(0, 1_000)), st.integers(1, 9))
def test_every_file_is_in_one_part_and_the_parts_are_about_as_large(
    sizes: list[int], parts: int
) -> None:
    divided = balanced(items(sizes), parts)
    assert len(divided) == parts
    assert sorted(item.file for part in divided for item in part) == sorted(
        item.file for item in items(sizes)
    )
    loads = [sum(item.file.rows for item in part) for part in divided]
    assert max(loads) - min(loads) <= max(sizes, default=0)


@given(st.lists(st.integers(0, 1_000)), st.integers(1, 9))
def test_a_plan_is_read_back_as_it_was_written(sizes: list[int], shares: int) -> None:
    files = tuple(item.file for item in items(sizes))
    window = PlannedWindow(window=WINDOW, evidence=1, final=True, forced=False, files=files)
    plan = Plan(
        table="s3://history/prediction_log/flights",
        columns={"version": "string"},
        windows=(window,),
        shares=shares,
        baselines={"1": "digest"},
        without_baseline={},
    )
    again = Plan.from_json(plan.to_json(), "here")
    assert again == plan
    assert again.identifier == plan.identifier


def rows() -> pa.RecordBatch:
    """An hour of two versions, and some minutes beside it."""
    random = np.random.default_rng(3)
    minutes = random.integers(-10, 70, ROWS)
    version = random.choice(["1", "2", "3"], ROWS)
    return pa.record_batch(
        {
            "version": pa.array(version.tolist()),
            "variant": pa.array(["champion"] * ROWS),
            "event_time": pa.array(
                [START + timedelta(minutes=int(minute)) for minute in minutes],
                pa.timestamp("us", "UTC"),
            ),
            "score": random.random(ROWS),
            "temp": pa.array(random.normal(0, 2, ROWS), mask=random.random(ROWS) < 0.2),
            "carrier": pa.array(random.choice(["AA", "UA", "new"], ROWS).tolist()),
        }
    )


@given(st.lists(st.integers(0, ROWS), max_size=6), st.randoms())
def test_rows_may_be_divided_in_any_way_and_merged_in_any_order(
    cuts: list[int], random: object
) -> None:
    baselines = PlannedBaselines({"1": DOCUMENT, "2": DOCUMENT}, {})
    batch = rows()
    bounds = [0, *sorted(cuts), ROWS]
    slices = [batch.slice(a, b - a) for a, b in pairwise(bounds)]
    parts = [profile_part([piece], WINDOW, baselines.of) for piece in slices]
    random.shuffle(parts)  # type: ignore[attr-defined]
    merged = merge_parts(WindowPart.from_json(part.to_json(), baselines.of) for part in parts)
    whole = profile_part([batch], WINDOW, baselines.of)
    assert (merged.read, merged.profiles.seen) == (whole.read, whole.profiles.seen)
    assert merged.profiles.faults == whole.profiles.faults  # version 3 has no baseline
    assert merged.profiles.subjects.keys() == whole.profiles.subjects.keys()
    for subject, profiles in whole.profiles.subjects.items():
        again = merged.profiles.subjects[subject]
        for name, feature in profiles.features.features.items():
            found = again.features.features[name]
            assert found.counts.tolist() == feature.counts.tolist()
            assert found.missing == feature.missing
