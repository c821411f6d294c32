"""Performance before labels arrive: estimated from the scores alone, with an interval.

What an estimate cannot see: a change of what the scores mean. It takes the relation of score and
truth from the validation rows, so it follows a shift of the inputs (easier or harder cases) and is
blind to a shift of the concept (the same cases turning out otherwise). The realised value, once
labels come, is the judge; the estimate is the early word.
"""

from tidewatch.core.estimate.document import read_estimator
from tidewatch.core.estimate.estimate import Estimate, Estimated, Estimator
from tidewatch.core.estimate.fit import fit_estimator
from tidewatch.core.estimate.judge_estimate import judge_estimate

__all__ = [
    "Estimate",
    "Estimated",
    "Estimator",
    "fit_estimator",
    "judge_estimate",
    "read_estimator",
]
