"""Drift between two tables, or between a table and a stored baseline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tidewatch.core.data_quality import data_quality
from tidewatch.core.drift import DriftReport, FeatureDrift, compare
from tidewatch.core.errors import DataError, Fault
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import Profile
from tidewatch.core.profile.edges import BINS
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import Direction, Judgement, Verdict, judge
from tidewatch.data.dataset import Dataset, Table, open_dataset
from tidewatch.data.exact import with_exact
from tidewatch.data.kinds import chosen
from tidewatch.data.quarantine import Quarantined, rows_in
from tidewatch.data.reference import reference_scan
from tidewatch.data.scan import OnRows, scan, unheard
from tidewatch.data.schema import SchemaChange, schema_changes
from tidewatch.data.stored_baseline import StoredBaseline, read_baseline

EXACT_ROWS = 1_000_000
"""Tables of at most so many rows are compared value by value, where both are at hand."""

MIN_ROWS = 200


@dataclass(frozen=True)
class Options:
    """How tables are compared.

    `categorical` names columns that are categories although they look like numbers; `ignore`
    columns that are no features, such as ids. `exact` sorts both tables for KS and Wasserstein
    whatever their size. `on_rows` is told how far the current table is read.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    min_rows: int = MIN_ROWS
    categorical: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exact: bool = False
    bins: int = BINS
    workers: int | None = None
    on_rows: OnRows = unheard


@dataclass(frozen=True, eq=False)
class TableDrift:
    """What `drift` found; see `as_dict` for all of it.

    `reference_rows` and `report.rows` count the rows that were used; `quarantined` those of both
    tables that were not.
    """

    reference_rows: int
    report: DriftReport
    quarantined: tuple[Quarantined, ...]
    quarantine: Judgement
    schema: tuple[SchemaChange, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of features, schema and quarantine."""
        of_schema = {change.verdict for change in self.schema}
        for verdict in (Verdict.CRITICAL, Verdict.WARNING):
            if verdict in {self.report.verdict, self.quarantine.verdict} | of_schema:
                return verdict
        return self.report.verdict

    @property
    def features(self) -> list[FeatureDrift]:
        """Every feature, the worst first."""
        order = (Verdict.CRITICAL, Verdict.WARNING, Verdict.INSUFFICIENT_DATA, Verdict.OK)
        return sorted(
            self.report.features.values(),
            key=lambda item: (order.index(item.verdict), -(item.statistics.psi or 0.0)),
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON: numbers that do not apply are None."""
        drifted = sum(item.verdict is Verdict.CRITICAL for item in self.features)
        lost = rows_in(self.quarantined)
        statistics = (item.statistics for item in self.features)
        quality = data_quality(statistics, self.report.rows + self.reference_rows + lost, lost)
        return {
            "rows": {
                "reference": self.reference_rows,
                "current": self.report.rows,
                "quarantined": lost,
            },
            "overall": {
                "psi": self.report.mean_psi,
                "drifted_share": self.report.drifted_share,
                "drifted_features": drifted,
                "data_quality": quality.score,
                "verdict": self.verdict.value,
            },
            "features": {item.feature: _feature(item) for item in self.features},
            "quarantine": [item.as_dict() for item in self.quarantined],
            "schema": [change.as_dict() for change in self.schema],
        }


def drift(
    reference: Table | None,
    current: Table,
    *,
    baseline: str | Path | StoredBaseline | None = None,
    options: Options | None = None,
) -> TableDrift:
    """Compares the table `current` with `reference`, or with a stored `baseline`.

    A table is a path or URI of Parquet, CSV or Delta (a file, a folder, a pattern), or an Arrow
    table, or a pandas or Polars frame. Its files are streamed; rows that cannot be read are
    quarantined. Raises DataError where a table cannot be used at all, BaselineError where the
    baseline cannot.

    >>> import pyarrow as pa
    >>> before, now = pa.table({"x": range(1000)}), pa.table({"x": range(500, 1500)})
    >>> report = drift(before, now)
    >>> report.verdict.value, report.as_dict()["features"]["x"]["ks"]
    ('critical', 0.5)
    """
    chosen_options = options or Options()
    table = open_dataset(current, "current")
    if (reference is None) == (baseline is None):
        expected = "either a reference or a baseline"
        raise DataError(Fault("drift", "both or none of them", expected, "pass one of the two"))
    if baseline is not None:
        known = baseline if isinstance(baseline, StoredBaseline) else read_baseline(baseline)
        return _against(known, table, (), chosen_options)
    dataset = open_dataset(reference, "reference")
    kinds = features_of(dataset, chosen_options)
    profiled = reference_scan(dataset, kinds, chosen_options.bins, chosen_options.workers)
    known = StoredBaseline(profiled.profile, ignored=frozenset(dataset.columns - kinds.keys()))
    found = _against(known, table, profiled.quarantined, chosen_options)
    small = max(found.reference_rows, found.report.rows) <= EXACT_ROWS
    if not (small or chosen_options.exact):
        return found
    statistics = {name: item.statistics for name, item in found.report.features.items()}
    exact = with_exact(statistics, dataset, table, kinds)
    features = {
        name: replace(item, statistics=exact[name]) for name, item in found.report.features.items()
    }
    return replace(found, report=replace(found.report, features=features))


def baseline(table: Table, options: Options | None = None) -> Profile:
    """The profile of a reference table, to be stored (`Profile.to_json`) and compared with later.

    Raises DataError where the table cannot be used, or holds no feature.
    """
    chosen_options = options or Options()
    dataset = open_dataset(table, "reference")
    kinds = features_of(dataset, chosen_options)
    return reference_scan(dataset, kinds, chosen_options.bins, chosen_options.workers).profile


def features_of(dataset: Dataset, options: Options) -> dict[str, FeatureKind]:
    """The table's features. Raises DataError where it has none, or lacks a column named."""
    kinds = dataset.kinds()
    unknown = sorted({*options.categorical, *options.ignore} - kinds.keys())
    if unknown:
        found, remedy = f"columns {sorted(kinds)}", "check their spelling"
        raise DataError(Fault(dataset.place, found, f"the columns {unknown}", remedy))
    features = chosen(kinds, options.categorical, options.ignore)
    if not features:
        found = f"columns {sorted(kinds)}"
        expected = "at least one column of numbers, text or booleans"
        raise DataError(Fault(dataset.place, found, expected, "compare a table with features"))
    return features


def _against(
    known: StoredBaseline,
    table: Dataset,
    refused: Iterable[Quarantined],
    options: Options,
) -> TableDrift:
    scanned = scan(table, known.profile, options.workers, options.on_rows)
    report = compare(
        known.profile, scanned.profile, options.thresholds, options.min_rows, known.learned
    )
    quarantined = (*refused, *scanned.quarantined)
    return TableDrift(
        reference_rows=known.profile.rows,
        report=report,
        quarantined=quarantined,
        quarantine=_judge_quarantine(scanned.quarantined, report.rows, options.thresholds),
        schema=tuple(schema_changes(table, known.profile.kinds, known.ignored)),
    )


def _judge_quarantine(
    quarantined: tuple[Quarantined, ...], good: int, thresholds: Thresholds
) -> Judgement:
    """The share of rows left out; files whose rows nobody can count make it critical."""
    rows = rows_in(quarantined)
    share = rows / (rows + good) if rows + good else 0.0
    if any(item.rows is None for item in quarantined):
        share = 1.0
    limit, direction = thresholds.quarantined_share, Direction.HIGHER_IS_WORSE
    return judge("quarantined_share", share, limit, direction, rows + good, 0)


def _feature(item: FeatureDrift) -> dict[str, Any]:
    decisive = _decisive(item)
    passed = decisive.critical if item.verdict is Verdict.CRITICAL else decisive.warning
    statistics = item.statistics.as_dict()
    return {
        "kind": item.kind.value,
        **statistics,
        "verdict": item.verdict.value,
        "metric": decisive.metric,
        "value": decisive.value,
        "direction": decisive.direction.value,
        "threshold": passed,
        "noise": decisive.noise,
        "rows": item.rows,
        "judgements": [_judgement(judgement) for judgement in item.judgements],
    }


def _decisive(item: FeatureDrift) -> Judgement:
    """The judgement that the feature's verdict is from."""
    return next(judgement for judgement in item.judgements if judgement.verdict is item.verdict)


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return asdict(judgement) | {
        "verdict": judgement.verdict.value,
        "direction": judgement.direction.value,
    }
