"""What the endpoint answers: a number a row, or the name of the class that was decided for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tidewatch.core.artifact.signature import Signature

Answers: TypeAlias = Sequence[float] | Sequence[str]


def answering(signature: Signature) -> Callable[[npt.NDArray[np.float64]], Answers]:
    """What turns a model's outputs into answers.

    Of several classes the outputs are their probabilities, shape `(rows, classes)`; the answer is
    the most probable class, the first of equals.
    """
    classes = signature.classes
    if not classes:
        return _numbers
    return lambda outputs: [classes[place] for place in outputs.argmax(axis=1)]


def _numbers(outputs: npt.NDArray[np.float64]) -> list[float]:
    numbers: list[float] = outputs.tolist()
    return numbers
