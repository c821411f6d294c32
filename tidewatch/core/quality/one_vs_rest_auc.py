"""ROC AUC over several classes."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.classified import Classified
from tidewatch.core.quality.roc_auc import roc_auc
from tidewatch.core.quality.scored import Scored


def one_vs_rest_auc(data: Classified) -> float | None:
    """The mean over the classes of the ROC AUC of each class against all others.

    In [0, 1]; 0.5 is a guess. A class without a row, or with all of them, has no area and is left
    out of the mean; None where no class has one, or without probabilities.

    Source: Provost and Domingos, Well-trained PETs, 2000, unweighted.

    >>> from tidewatch.core.quality.classified import classified_by
    >>> one_vs_rest_auc(classified_by([[0.2, 0.8], [0.4, 0.6]], [1, 0], ["calm", "storm"]))
    1.0
    """
    if data.probabilities is None:
        return None
    areas = [
        roc_auc(Scored(data.labels == place, data.probabilities[:, place]))
        for place in range(len(data.classes))
    ]
    known = [area for area in areas if area is not None]
    return float(np.mean(known)) if known else None
