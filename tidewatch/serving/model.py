"""A loaded model: the booster and its signature, known to fit each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tidewatch.core.artifact.signature import Signature, parse_signature
from tidewatch.core.errors import Fault, ModelFormatError
from tidewatch.serving.artifact import MODEL_FILE, SIGNATURE_FILE, check_artifact
from tidewatch.serving.booster import lightgbm

_FIRST_LINE = "tree\n"
_LAST_TREE = "\nend of trees\n"
_REMEDY = "train and register the model again"


@dataclass(frozen=True)
class Model:
    """What answers requests, and what evaluation scores: one and the same code."""

    signature: Signature
    booster: lightgbm.Booster

    def predict(self, matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The model's outputs; `matrix` holds the features in the signature's order.

        Shape `(rows,)`: probabilities of 1, or a regression's values. Of several classes their
        probabilities, shape `(rows, classes)`.
        """
        # One thread: requests are small, and the processes of an instance share its cores.
        return np.asarray(self.booster.predict(matrix, num_threads=1), dtype=np.float64)


def load_model(folder: Path) -> Model:
    """The model in `folder`. Raises ModelFormatError when anything but text could be in it."""
    check_artifact(folder)
    path = folder / SIGNATURE_FILE
    signature = parse_signature(path.read_bytes(), str(path))
    model = Model(signature, _booster(folder / MODEL_FILE))
    _check_fit(folder, model)
    return model


def _booster(path: Path) -> lightgbm.Booster:
    """LightGBM's parser trusts its input, so an obviously foreign or cut file is refused first."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ModelFormatError(_not_text(path, "binary data")) from error
    if not text.startswith(_FIRST_LINE) or _LAST_TREE not in text:
        raise ModelFormatError(_not_text(path, repr(text[:40])))
    try:
        return lightgbm.Booster(model_str=text)
    except lightgbm.basic.LightGBMError as error:
        raise ModelFormatError(_not_text(path, str(error))) from error


def _not_text(path: Path, found: str) -> Fault:
    return Fault(str(path), found, "a whole LightGBM model in text format", _REMEDY)


def _check_fit(folder: Path, model: Model) -> None:
    trained = model.booster.feature_name()
    if trained != model.signature.feature_names:
        raise ModelFormatError(
            Fault(
                where=str(folder),
                found=f"a model of the features {trained}",
                expected=f"the signature's: {model.signature.feature_names}",
                remedy=_REMEDY,
            )
        )
    outputs, expected = model.booster.num_model_per_iteration(), len(model.signature.classes) or 1
    if outputs != expected:
        found = f"a model of {outputs} outputs"
        raise ModelFormatError(Fault(str(folder), found, f"the signature's {expected}", _REMEDY))
