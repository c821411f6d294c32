"""The measured rates as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.drift import evidently_rules as evidently
from benchmarks.drift import rules
from benchmarks.drift.noise import Alarms
from benchmarks.drift.plan import EVIDENTLY_TARGET, STORED_REFERENCE
from benchmarks.drift.populations import POPULATIONS, Family
from benchmarks.drift.rates import Picked, Rate, rate, sizes
from benchmarks.drift.trial import Case, Tally
from benchmarks.drift.unseen import ESTIMATE, FEATURES, QUALITY, SCORE, Sight

RULES = (
    rules.ENGINE,
    rules.PLAIN_PSI,
    rules.KS,
    rules.BONFERRONI,
    evidently.PRESET,
    evidently.BELOW,
    evidently.ABOVE,
    evidently.ABSENT,
)
SHIFTED = (Family.MEAN, Family.SCALE, Family.SHAPE, Family.MIX)


def false_alarms(tally: Tally) -> str:
    """By size and rule, the references being as long as the windows."""
    return _by_size(tally, lambda case: is_quiet(case) and own_reference(case))


def false_alarms_stored(tally: Tally) -> str:
    """By size, against a stored baseline; the engine and the plain rules."""
    return _by_size(
        tally, lambda case: is_quiet(case) and case.reference == STORED_REFERENCE, RULES[:4]
    )


def detection(tally: Tally) -> str:
    """Of shifts of the size that Evidently is shown, by size of the window and rule."""
    return _by_size(tally, lambda case: is_own_shift(case) and case.target == EVIDENTLY_TARGET)


def missingness(tally: Tally) -> str:
    """Of a missing share that rises by a quarter, by size of the window and rule."""
    return _by_size(tally, _is_missing)


def by_target(tally: Tally) -> str:
    """The engine alone: each size of shift, warning or critical and critical alone."""
    targets = sorted({case.target for case, _ in tally if case.target})
    head = ["rows", *(f"{target:g}{what}" for target in targets for what in ("", ", critical"))]
    body = [
        [
            f"{rows:,}",
            *(
                _cell(tally, is_own_shift, rows=rows, target=target, rule=rule)
                for target in targets
                for rule in (rules.ENGINE, rules.ENGINE_CRITICAL)
            ),
        ]
        for rows in sizes(case for case, _ in tally)
    ]
    return table(head, body)


def by_population(tally: Tally, rows: int) -> str:
    """The engine on each population: false alarms at all sizes, detection at one."""
    body = []
    for item in POPULATIONS:
        facts = {"population": item.name, "rule": rules.ENGINE}
        at = {"rows": rows, "target": EVIDENTLY_TARGET}
        body.append(
            [
                item.name,
                _cell(tally, is_quiet, **facts),
                *(
                    _cell(tally, is_shift, **facts, **at, reference=reference)
                    for reference in (rows, STORED_REFERENCE)
                ),
            ]
        )
    found = [f"found, baseline of {reference:,}" for reference in (rows, STORED_REFERENCE)]
    return table(["feature", "false alarms", *found], body)


def unseen(sights: Sequence[Sight]) -> str:
    """Shifts that no distance of one feature measures: who sees them."""
    watchers = (FEATURES, SCORE, ESTIMATE, QUALITY)
    keys = dict.fromkeys((sight.shift, sight.rows) for sight in sights)
    body = []
    for shift, rows in keys:
        row = [shift, f"{rows:,}"]
        for watcher in watchers:
            found = [s.alarm for s in sights if s[:3] == (shift, rows, watcher)]
            row.append(f"{sum(found)} of {len(found)}")
        body.append(row)
    return table(["shift", "rows", *watchers], body)


def noise(found: Iterable[Alarms]) -> str:
    """Chance against the warning limit, by the noise that moved it."""
    body = [
        [
            item.shape,
            f"{item.reference:,}",
            f"{item.rows:,}",
            str(Rate(item.formula, item.pairs)),
            str(Rate(item.engine, item.pairs)),
        ]
        for item in found
    ]
    return table(["cells", "baseline rows", "rows", "chi-square alone", "this engine"], body)


def is_quiet(case: Case) -> bool:
    """Whether nothing was planted."""
    return case.family == Family.NONE


def is_shift(case: Case) -> bool:
    """Whether a shift of some PSI was planted."""
    return case.family in SHIFTED


def own_reference(case: Case) -> bool:
    """Whether the reference was as long as the window."""
    return case.rows == case.reference


def is_own_shift(case: Case) -> bool:
    """Both."""
    return is_shift(case) and own_reference(case)


def _is_missing(case: Case) -> bool:
    missing = case.family == Family.MISSING and case.target == EVIDENTLY_TARGET
    return missing and own_reference(case)


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """In Markdown; numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _by_size(tally: Tally, picked: Picked, columns: Sequence[str] = RULES) -> str:
    found = sizes(case for case, _ in tally if picked(case))
    body = [
        [f"{rows:,}", *(_cell(tally, picked, rows=rows, rule=rule) for rule in columns)]
        for rows in found
    ]
    return table(["rows", *columns], body)


def _cell(tally: Tally, picked: Picked, **facts: object) -> str:
    found = rate(tally, picked, **facts)
    return "not run" if found is None else str(found)
