"""Objectives of tuning: what is better when there is more of it is maximised."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mapping, mappings, text
from gate.semantic.sagemaker_requests import sagemaker_requests

_WORDS = re.compile(r"[A-Za-z]+\d?")
_SCORES = {"accuracy", "auc", "f1", "map", "ndcg", "precision", "r2", "recall"}
_ERRORS = {"error", "mae", "mape", "merror", "mse", "rmse", "rmsle", "smape", "wape"}
_LOSSES = {"logloss", "loss", "mlogloss", "perplexity", *_ERRORS}
_TYPES = {"Maximize": _SCORES, "Minimize": _LOSSES}


def objectives_go_the_right_way(assembly: Assembly) -> Iterable[Finding]:
    """A score is maximised and a loss is minimised, where the metric's name says which it is."""
    for request in sagemaker_requests(assembly, "CreateHyperParameterTuningJob"):
        config = mapping(request.body.get("HyperParameterTuningJobConfig"))
        objectives = mappings(config.get("HyperParameterTuningJobObjective"))
        for definition in mappings(request.body.get("TrainingJobDefinitions")):
            objectives += mappings(definition.get("TuningObjective"))
        for objective in objectives:
            name, found = text(objective.get("MetricName")), text(objective.get("Type"))
            wanted = right_type(name)
            if wanted and found in _TYPES and found != wanted:
                reason = (
                    f"the objective {name!r} is to {found.lower()}, so that the worst trial wins;"
                    f" expected {wanted}"
                )
                yield request.finding("semantic.tuning-objective", reason)


def right_type(metric: str) -> str:
    """Which way a metric gets better, if the words of its name agree on that.

    >>> right_type("validation:roc_auc"), right_type("val_loss"), right_type("auc_loss")
    ('Maximize', 'Minimize', '')
    """
    words = {word.lower() for word in _WORDS.findall(metric.replace("_", " "))}
    found = [kind for kind, known in _TYPES.items() if words & known]
    return found[0] if len(found) == 1 else ""


RULES = (objectives_go_the_right_way,)
