"""Merging profiles: the profile of both samples' rows, without the rows."""

from __future__ import annotations

from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.profile.categorical import CategoricalProfile, merge_categorical
from tidewatch.core.profile.numeric import NumericProfile, merge_numeric
from tidewatch.core.profile.summary import FeatureProfile, Profile


def merge(a: Profile, b: Profile) -> Profile:
    """The profile of the rows of `a` and `b` together.

    Counts, minima and maxima are exact, and the same in whatever order and grouping parts are
    merged; sums and moments are so to rounding. Raises BaselineError where the two were not
    binned by one baseline.
    """
    if a.features.keys() != b.features.keys():
        raise _foreign(f"features {sorted(a.features)} and {sorted(b.features)}")
    features = {
        name: merge_feature(name, feature, b.features[name]) for name, feature in a.features.items()
    }
    return Profile(a.rows + b.rows, features)


def merge_feature(name: str, a: FeatureProfile, b: FeatureProfile) -> FeatureProfile:
    """The profile of both parts of the feature `name`. Raises BaselineError as `merge` does."""
    require_same_bins(name, a, b)
    if isinstance(a, NumericProfile) and isinstance(b, NumericProfile):
        return merge_numeric(a, b)
    assert isinstance(a, CategoricalProfile)
    assert isinstance(b, CategoricalProfile)
    return merge_categorical(a, b)


def require_same_bins(name: str, a: FeatureProfile, b: FeatureProfile) -> None:
    """Raises BaselineError where the feature's two profiles do not count over the same bins."""
    if isinstance(a, NumericProfile) and isinstance(b, NumericProfile):
        same = a.edges.is_same(b.edges)
    elif isinstance(a, CategoricalProfile) and isinstance(b, CategoricalProfile):
        same = a.categories is b.categories or a.categories == b.categories
    else:
        same = False
    if not same:
        raise _foreign(f"two binnings of the feature {name!r}")


def _foreign(found: str) -> BaselineError:
    return BaselineError(
        Fault(
            where="profiles",
            found=found,
            expected="profiles binned by one baseline",
            remedy="profile both with edges_from the same baseline",
        )
    )
