"""The flights of 2013, scored by a model of January to March."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tidewatch.core.artifact.encoding import Encoder
from tidewatch.core.artifact.signature import Signature
from tidewatch.core.config import ModelConfig, load_model
from tidewatch.training.dataset import Sets, labels, signature_of

PROJECT = Path(__file__).parents[2]
_ROUNDS = 150
_PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 31,
    "num_threads": 1,
    "verbose": -1,
}


@dataclass(frozen=True, eq=False)
class Scored:
    """Flights in order of departure: their month, label and score, each of shape `(rows,)`."""

    months: NDArray[np.int64]
    labels: NDArray[np.float64]
    scores: NDArray[np.float64]

    def at(self, rows: NDArray[np.bool_]) -> Scored:
        """Some of the rows."""
        return Scored(self.months[rows], self.labels[rows], self.scores[rows])


def scored_flights() -> tuple[Scored, Scored]:
    """The validation rows (the last fifth of January to March), and April to December."""
    model = load_model(PROJECT / "config", "flights")
    flights = _prepared(model)
    months = np.asarray(pc.month(flights[model.event_time]))
    first = int(np.count_nonzero(months <= 3))  # noqa: PLR2004 - January to March trains
    cut = int(first * (1 - model.training.validation_share))
    sets = Sets(flights.slice(0, cut), flights.slice(cut, first - cut))
    scores = _scores(model, sets, flights)
    whole = Scored(months, labels(flights, model), scores)
    place = np.arange(len(months))
    return whole.at((place >= cut) & (place < first)), whole.at(place >= first)


def _prepared(model: ModelConfig) -> pa.Table:
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    for table in model.raw:
        database.register(
            table, pq.read_table(PROJECT / "examples" / "flights" / f"{table}.parquet")
        )
    rows: pa.Table = database.sql(model.prepare).to_arrow_table()
    # In UTC the last evening of the year is of the next.
    return rows.filter(pc.equal(pc.year(rows[model.event_time]), 2013)).sort_by(model.event_time)


def _scores(model: ModelConfig, sets: Sets, rows: pa.Table) -> NDArray[np.float64]:
    signature: Signature = signature_of(model, sets)
    encoder = Encoder(signature)
    kinds = [item.kind.value for item in signature.features]
    data = lightgbm.Dataset(
        encoder.matrix(sets.train),
        labels(sets.train, model),
        categorical_feature=[i for i, kind in enumerate(kinds) if kind == "categorical"],
    )
    booster = lightgbm.train(_PARAMETERS, data, _ROUNDS)
    return np.asarray(booster.predict(encoder.matrix(rows), num_threads=1), dtype=np.float64)
