"""The signature of a model artefact: the features in order, their categories, their origin."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tidewatch.core.errors import Fault, ModelFormatError
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.task import Task

FORMAT: Literal["lightgbm-text"] = "lightgbm-text"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SignatureFeature(_Part):
    """One input of the model; a category is encoded as its place in `categories`."""

    name: Annotated[str, Field(min_length=1)]
    kind: FeatureKind
    categories: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _has_categories_when_categorical(self) -> Self:
        if (self.kind is FeatureKind.CATEGORICAL) != (self.categories is not None):
            raise ValueError("categories belong to categorical features, and only to them")
        if self.categories is not None and len(set(self.categories)) != len(self.categories):
            raise ValueError("categories must be unique")
        return self


class TrainedOn(_Part):
    """The data that made the model: first and last event time, rows (validation included)."""

    start: datetime
    end: datetime
    rows: Annotated[int, Field(ge=1)]


class Signature(_Part):
    """What `signature.json` holds, beside the model's own text."""

    format: Literal["lightgbm-text"]
    features: Annotated[tuple[SignatureFeature, ...], Field(min_length=1)]
    event_time: str
    label: str
    trained_on: TrainedOn
    task: Task = Task.BINARY_CLASSIFICATION
    classes: tuple[str, ...] = ()
    """What each of the model's outputs stands for, in multiclass classification alone."""

    @model_validator(mode="after")
    def _has_classes_when_multiclass(self) -> Self:
        if (self.task is Task.MULTICLASS_CLASSIFICATION) != bool(self.classes):
            raise ValueError("classes belong to multiclass classification, and only to it")
        return self

    @property
    def feature_names(self) -> list[str]:
        """The features' names, in the model's order."""
        return [feature.name for feature in self.features]

    @property
    def request_columns(self) -> list[str]:
        """The columns of one CSV row sent to the endpoint, in order: features, event time."""
        return [*self.feature_names, self.event_time]


def parse_signature(data: bytes, where: str) -> Signature:
    """The signature written as JSON in `data`. Raises ModelFormatError with every fault."""
    try:
        return Signature.model_validate_json(data)
    except ValidationError as error:
        raise ModelFormatError(
            *(
                Fault(
                    where=f"{where}: {'.'.join(str(part) for part in item['loc']) or '(whole)'}",
                    found=repr(item["input"])[:60],
                    expected=item["msg"].removeprefix("Value error, "),
                    remedy="train the model again with this version of the training code",
                )
                for item in error.errors()
            )
        ) from error
