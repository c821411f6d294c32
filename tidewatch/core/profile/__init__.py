"""Profiles: mergeable summaries of record batches, binned by a baseline."""

from tidewatch.core.profile.baseline import SCORE, Baseline
from tidewatch.core.profile.build import profile, reference_profile
from tidewatch.core.profile.categorical import CategoricalProfile
from tidewatch.core.profile.edges import Edges
from tidewatch.core.profile.merge import merge
from tidewatch.core.profile.numeric import NumericProfile
from tidewatch.core.profile.summary import FeatureProfile, Profile

__all__ = [
    "SCORE",
    "Baseline",
    "CategoricalProfile",
    "Edges",
    "FeatureProfile",
    "NumericProfile",
    "Profile",
    "merge",
    "profile",
    "reference_profile",
]
