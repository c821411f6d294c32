"""What a release changes: which version stands behind which variant, with what weight."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

CHAMPION = "champion"
CHALLENGER = "challenger"
_ID_LENGTH = 12


@dataclass(frozen=True)
class Variant:
    """One variant: the SageMaker model behind it, its version, and its weight."""

    name: str
    model_name: str
    version: str
    weight: float
    instance_type: str
    instance_count: int


@dataclass(frozen=True)
class Capacity:
    """What the model's file says that variants run on, and the weights to start with.

    `instance_count` is for a variant that is new. One that is live keeps its own, as far as it
    lies between `fewest` and `most`.
    """

    champion_weight: float
    challenger_weight: float
    instance_type: str
    instance_count: int
    fewest: int = 1
    most: int | None = None

    def resized(self, variant: Variant) -> Variant:
        """A live variant on the instances that the model's file asks for."""
        count = max(variant.instance_count, self.fewest)
        if self.most is not None:
            count = min(count, self.most)
        return replace(variant, instance_type=self.instance_type, instance_count=count)


@dataclass(frozen=True)
class ReleasePlan:
    """The new endpoint configuration, and the model to make for it, if there is one to make."""

    new_model: str | None
    config_name: str
    variants: tuple[Variant, ...]


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
    plumbing is proven before it matters). Each later version becomes the challenger. Whatever is
    live keeps its version, weight and number of instances; the type of instance is taken from
    `capacity`. To release a version that is live already is to ask for just that; where nothing
    would change, there is no plan: None.
    """
    tail = hashlib.sha256(execution_id.encode()).hexdigest()[:_ID_LENGTH]
    config_name = f"{model}-{tail}"
    if version in {variant.version for variant in live}:
        resized = tuple(capacity.resized(variant) for variant in live)
        return None if resized == live else ReleasePlan(None, config_name, resized)
    name = f"{model}-{version}-{tail}"
    champion, challenger = _live(live, CHAMPION), _live(live, CHALLENGER)
    fresh = Variant(
        name=CHALLENGER,
        model_name=name,
        version=version,
        weight=capacity.challenger_weight,
        instance_type=capacity.instance_type,
        instance_count=challenger.instance_count if challenger else capacity.instance_count,
    )
    if champion is None:
        champion = replace(fresh, name=CHAMPION, weight=capacity.champion_weight)
    return ReleasePlan(name, config_name, (capacity.resized(champion), capacity.resized(fresh)))


def _live(live: tuple[Variant, ...], name: str) -> Variant | None:
    return next((variant for variant in live if variant.name == name), None)
