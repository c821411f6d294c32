from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.capture.result import CaptureResult
from benchmarks.speed import tables
from benchmarks.speed.contenders import own, peers
from benchmarks.speed.goals import goals
from benchmarks.speed.measure import Usage
from benchmarks.speed.render import PAGE, PART, fill, parts
from benchmarks.speed.results import Figures, Results
from benchmarks.speed.run import contenders
from benchmarks.speed.size import SIZES, SMALL, Size


def figures(
    cpu: float, wall: float = 1.0, rows: int = 10_000_000, memory: float = 100.0
) -> Figures:
    return Figures("some", rows, timed=[Usage(wall, cpu, memory, memory, 0, "")])


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    kept = Results({"Cores": "2"}, {"a": figures(1.0), "b": Figures("b", 1, failure="no")})
    kept.write(tmp_path / "results.json")
    assert Results.read(tmp_path / "results.json") == kept


def test_figures_are_medians() -> None:
    of_three = Figures("some", 10, timed=[Usage(w, w, w, w, 0, "") for w in (3.0, 1.0, 2.0)])
    assert (of_three.cpu, of_three.wall, of_three.rows_per_second) == (2.0, 2.0, 5.0)
    assert (of_three.tree_memory, of_three.process_memory) == (3.0, 3.0)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_no_contender_writes_over_the_answer_of_another(size: Size) -> None:
    some = [contender for contender in contenders(size) if contender.answer]
    assert len({contender.answer for contender in some}) == len(some)
    for contender in some:
        assert contender.prints or str(contender.answer) in contender.command


def test_a_peer_that_fails_stands_in_the_table_with_its_reason() -> None:
    peer = next(iter(peers(SMALL)))
    base = next(iter(own(SMALL)))
    results = Results({}, {peer.key: Figures(peer.name, 1, failure="does not install: why")})
    assert "fails: does not install: why" in tables.contest([peer], results, base)


def test_a_goal_is_reached_or_missed_by_a_factor() -> None:
    found = {
        "tidewatch": figures(1.0),
        "evidently-statistics": figures(120.0),
        "tidewatch-ten": figures(6.0, wall=4.0),
        "polars-scan-ten": figures(2.0),
        "tidewatch-fifty": figures(30.0, memory=150.0),
    }
    half = CaptureResult("CSV: aggregated", 1_000_000, 1_000_000, 655.0, 2.0, 3.0, 200.0)
    outcomes = [goal.outcome for goal in goals(Results({}, found), [half])]
    assert outcomes == [
        "reached",
        "**missed** by a factor of 1.60",
        "**missed** by a factor of 1.50",
        "reached",
        "**missed** by a factor of 1.36",
        "not measured",
        "**missed** by a factor of 2.00",
    ]


def test_a_goal_without_figures_is_not_called_reached() -> None:
    assert {goal.outcome for goal in goals(Results({}))} == {"not measured"}


def test_the_page_is_filled_whole_and_its_words_stay() -> None:
    page = PAGE.read_text(encoding="utf-8")
    known = parts(SMALL, Results({}))
    asked = [found[1] for found in PART.findall(page)]
    assert sorted(asked) == sorted(known)
    assert PART.sub("", fill(page, known)) == PART.sub("", page)


def test_a_marker_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("<!-- measured: unknown -->\n<!-- end -->", {})
