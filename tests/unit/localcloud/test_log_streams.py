from __future__ import annotations

from localcloud.jobs.log_streams import batches


def test_a_batch_holds_what_one_call_takes() -> None:
    text = "\n".join(["x" * 999] * 2500)
    sizes = [len(batch) for batch in batches(text)]
    assert sum(sizes) == 2500
    assert max(sizes) * (999 + 26) <= 1_000_000


def test_a_batch_has_at_most_ten_thousand_lines() -> None:
    assert [len(batch) for batch in batches("\n".join(["x"] * 10_001))] == [10_000, 1]


def test_empty_lines_are_no_events() -> None:
    assert list(batches("a\n\n  \nb\n")) == [["a", "b"]]
    assert not list(batches(""))
