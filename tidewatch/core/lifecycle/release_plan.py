"""What a release changes: which version stands behind which variant, with what weight."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

CHAMPION = "champion"
CHALLENGER = "challenger"
_ID_LENGTH = 12


@dataclass(frozen=True)
class Variant:
    """One production variant: the SageMaker model behind it, its version, and its weight."""

    name: str
    model_name: str
    version: str
    weight: float
    instance_type: str
    instance_count: int


@dataclass(frozen=True)
class Capacity:
    """What a variant runs on when nothing is live yet, and the weights to start with."""

    champion_weight: float
    challenger_weight: float
    instance_type: str
    instance_count: int


@dataclass(frozen=True)
class ReleasePlan:
    """The new model and endpoint configuration; None where the version is live already."""

    model_name: str
    config_name: str
    variants: tuple[Variant, Variant]


def plan_release(
    *,
    model: str,
    version: str,
    live: tuple[Variant, ...],
    capacity: Capacity,
    execution_id: str,
) -> ReleasePlan | None:
    """The release of `version` of `model`, given the variants that are `live`.

    The first version serves as both variants (an A/A test, so that the second variant's
    plumbing is proven before it matters). Each later version becomes the challenger; the
    champion, and the capacity of both, stay as they are. A version that is live already
    needs no release: None.
    """
    if version in {variant.version for variant in live}:
        return None
    tail = hashlib.sha256(execution_id.encode()).hexdigest()[:_ID_LENGTH]
    model_name = f"{model}-{version}-{tail}"
    champion = _live(live, CHAMPION)
    previous = _live(live, CHALLENGER)
    return ReleasePlan(
        model_name=model_name,
        config_name=f"{model}-{tail}",
        variants=(
            champion or _fresh(CHAMPION, model_name, version, capacity.champion_weight, capacity),
            Variant(
                name=CHALLENGER,
                model_name=model_name,
                version=version,
                weight=capacity.challenger_weight,
                instance_type=previous.instance_type if previous else capacity.instance_type,
                instance_count=previous.instance_count if previous else capacity.instance_count,
            ),
        ),
    )


def _live(live: tuple[Variant, ...], name: str) -> Variant | None:
    return next((variant for variant in live if variant.name == name), None)


def _fresh(name: str, model_name: str, version: str, weight: float, capacity: Capacity) -> Variant:
    return Variant(
        name, model_name, version, weight, capacity.instance_type, capacity.instance_count
    )
