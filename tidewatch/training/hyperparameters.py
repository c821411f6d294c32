"""Hyperparameters as SageMaker hands them over: texts, among them some that are not ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tidewatch.core.errors import ConfigError, Fault

Value = int | float


def _whole(text: str) -> int:
    number = float(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


_PARSERS: dict[str, Callable[[str], Value]] = {
    "num_boost_round": _whole,
    "early_stopping_rounds": _whole,
    "num_leaves": _whole,
    "max_depth": _whole,
    "min_data_in_leaf": _whole,
    "bagging_freq": _whole,
    "max_bin": _whole,
    "cat_smooth": float,
    "cat_l2": float,
    "min_data_per_group": _whole,
    "learning_rate": float,
    "feature_fraction": float,
    "bagging_fraction": float,
    "lambda_l1": float,
    "lambda_l2": float,
    "min_gain_to_split": float,
    "min_sum_hessian_in_leaf": float,
    "scale_pos_weight": float,
}


@dataclass(frozen=True)
class Hyperparameters:
    """What one trial tries: how many rounds at most, when to stop, and LightGBM's parameters."""

    rounds: int
    patience: int
    parameters: dict[str, Value]

    def as_logged(self) -> dict[str, Value]:
        """All of them by the names that the model's file uses."""
        return {
            **self.parameters,
            "num_boost_round": self.rounds,
            "early_stopping_rounds": self.patience,
        }


def read_hyperparameters(path: Path) -> Hyperparameters:
    """The trial's hyperparameters. SageMaker's own, which start with an underscore, are left out.

    Raises ConfigError with every one that is unknown or not a number.
    """
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return parse_hyperparameters(
        {name: text for name, text in texts.items() if not name.startswith("_")}, str(path)
    )


def parse_hyperparameters(texts: Mapping[str, str], where: str) -> Hyperparameters:
    """Texts to numbers.

    >>> parse_hyperparameters({"num_leaves": "31", "num_boost_round": "50"}, "here").rounds
    50
    """
    values: dict[str, Value] = {}
    faults = []
    for name, text in texts.items():
        parse = _PARSERS.get(name)
        if parse is None:
            known = ", ".join(sorted(_PARSERS))
            faults.append(Fault(where, f"hyperparameter {name}", f"one of {known}", _REMEDY))
            continue
        try:
            values[name] = parse(text)
        except ValueError:
            kind = "a whole number" if parse is _whole else "a number"
            faults.append(Fault(f"{where}: {name}", repr(text), kind, _REMEDY))
    if faults:
        raise ConfigError(*faults)
    rounds = int(values.pop("num_boost_round", 200))
    patience = int(values.pop("early_stopping_rounds", 25))
    return Hyperparameters(rounds, patience, values)


_REMEDY = "mend training.hyperparameters or training.tuning in the model's file"
