"""Distances between two binned samples, one statistic a file.

Each takes the counts of a reference and of a current sample over the same cells.
"""

from tidewatch.core.distances.chi_square import ChiSquare, chi_square
from tidewatch.core.distances.hellinger import hellinger
from tidewatch.core.distances.jensen_shannon import jensen_shannon
from tidewatch.core.distances.kolmogorov_smirnov import KolmogorovSmirnov, kolmogorov_smirnov
from tidewatch.core.distances.kullback_leibler import kullback_leibler
from tidewatch.core.distances.psi import psi, psi_noise
from tidewatch.core.distances.rise import rise, rise_noise
from tidewatch.core.distances.total_variation import total_variation
from tidewatch.core.distances.wasserstein import Wasserstein, wasserstein

__all__ = [
    "ChiSquare",
    "KolmogorovSmirnov",
    "Wasserstein",
    "chi_square",
    "hellinger",
    "jensen_shannon",
    "kolmogorov_smirnov",
    "kullback_leibler",
    "psi",
    "psi_noise",
    "rise",
    "rise_noise",
    "total_variation",
    "wasserstein",
]
