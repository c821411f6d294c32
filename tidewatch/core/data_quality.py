"""The data-quality score of a window: how much of it can be used, as one number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import fmean

from tidewatch.core.distances.feature import Statistics


@dataclass(frozen=True)
class DataQuality:
    """The parts of the score, each a share in [0, 1], 1 is best; None where nothing tells it.

    `completeness`: of all values of all features, those that are there. `validity`: of the
    records read, those not quarantined. `conformity`: of the numbers, those inside the baseline's
    outlier fence. `familiarity`: of the categories' values, those that the baseline knew. All but
    `validity` are means over the features they apply to, each feature counting alike.
    """

    completeness: float | None = None
    validity: float | None = None
    conformity: float | None = None
    familiarity: float | None = None

    @property
    def score(self) -> float | None:
        """The product of the parts that are known, in [0, 1]; None where none is.

        A product, so that a fault in one part is not averaged away by the others being sound, and
        so that a part which is unknown changes nothing. Read it as the share of values that
        passed every check, were the checks independent. It counts the faults there are and not
        their rise: a feature that is half empty in the baseline too lowers the score and is no
        drift. So the score is shown, and the rises are judged.

        >>> DataQuality(completeness=0.9, validity=1.0, conformity=0.5).score
        0.45
        """
        known = [part for part in asdict(self).values() if part is not None]
        product = 1.0
        for part in known:
            product *= part
        return product if known else None


def data_quality(
    features: Iterable[Statistics], read: int = 0, quarantined: int = 0
) -> DataQuality:
    """The data quality of a window from its features' statistics and what its reading counted.

    `quarantined` of the `read` records were put aside; with `read` 0 validity is not known.
    Raises ValueError where the two cannot be.

    >>> some = [Statistics(missing_share=0.1, outlier_share=0.5), Statistics(missing_share=0.3)]
    >>> quality = data_quality(some, read=1000, quarantined=10)
    >>> quality.completeness, quality.validity, quality.conformity, quality.familiarity
    (0.8, 0.99, 0.5, None)
    """
    if not 0 <= quarantined <= read:
        raise ValueError(f"expected 0 <= quarantined <= read, found {quarantined} of {read}")
    seen = list(features)
    return DataQuality(
        completeness=_rest(statistics.missing_share for statistics in seen),
        validity=1 - quarantined / read if read else None,
        conformity=_rest(statistics.outlier_share for statistics in seen),
        familiarity=_rest(statistics.unseen_share for statistics in seen),
    )


def _rest(shares: Iterable[float | None]) -> float | None:
    """What the mean of the known shares leaves of 1."""
    known = [share for share in shares if share is not None]
    return 1 - fmean(known) if known else None
